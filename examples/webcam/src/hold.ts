/** Time until holding counts, and between pictures from then on, in milliseconds. */
const [FIRST, NEXT] = [500, 250];

/** Does something once, and again and again while it is held. */
export class Hold {
  #timer: ReturnType<typeof setTimeout> | undefined;

  start(act: () => void): void {
    this.stop();
    const again = () => {
      act();
      this.#timer = setTimeout(again, NEXT);
    };
    act();
    this.#timer = setTimeout(again, FIRST);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

/** Lets a button act when it is pressed, and again while it is held down. */
export function holdButton(button: HTMLElement, act: () => void): void {
  const hold = new Hold();
  button.addEventListener('pointerdown', (event) => {
    if (event.button === 0) hold.start(act);
  });
  for (const end of ['pointerup', 'pointercancel', 'pointerleave']) {
    button.addEventListener(end, () => hold.stop());
  }
  // Long presses of a finger open no menu.
  button.addEventListener('contextmenu', (event) => event.preventDefault());
  button.addEventListener('click', (event) => {
    // Of a keyboard or a screen reader; a mouse has acted already.
    if (event.detail === 0) act();
  });
}

/** Lets the keys 1 to 9 act while the person types nowhere; `act` gets the place, from 0. */
export function holdKeys(act: (place: number) => void): void {
  const hold = new Hold();
  let held: string | undefined;
  const isTyping = (target: EventTarget | null) =>
    target instanceof HTMLInputElement && !['radio', 'checkbox', 'file'].includes(target.type);
  addEventListener('keydown', (event) => {
    const { key, repeat, ctrlKey, altKey, metaKey, target } = event;
    if (!/^[1-9]$/.test(key) || repeat || ctrlKey || altKey || metaKey || isTyping(target)) return;
    held = key;
    hold.start(() => act(Number(key) - 1));
  });
  const stop = () => {
    held = undefined;
    hold.stop();
  };
  addEventListener('keyup', ({ key }) => key === held && stop());
  addEventListener('blur', stop);
}
