import { Observable } from 'rxjs';
import { Remark } from './notice.js';

const OTHERWISE = 'Everything works with photos from disk too: drop them on a class.';

const reasons: Readonly<Record<string, string>> = {
  NotAllowedError: `The camera was refused. Allow it beside the address of this page, then start it again. ${OTHERWISE}`,
  NotFoundError: `There is no camera. Connect one, then start it again. ${OTHERWISE}`,
  NotReadableError: `The camera is busy or switched off: another program may use it. ${OTHERWISE}`,
  OverconstrainedError: `This camera is gone. Choose another one. ${OTHERWISE}`,
};

/** Starts a camera; of several the one that looks away from the screen. Throws a remark that says why it cannot. */
export async function openCamera(video: HTMLVideoElement, deviceId?: string): Promise<MediaStream> {
  if (navigator.mediaDevices === undefined) {
    throw new Remark(`Browsers give the camera to pages at https:// or localhost only. ${OTHERWISE}`);
  }
  const which = deviceId === undefined ? { facingMode: 'environment' } : { deviceId: { exact: deviceId } };
  let stream: MediaStream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      video: { ...which, width: { ideal: 640 }, height: { ideal: 480 } },
    });
  } catch (error) {
    const { name, message } = error as DOMException;
    throw new Remark(reasons[name] ?? `The camera does not start: ${message}. ${OTHERWISE}`);
  }
  closeCamera(video);
  video.srcObject = stream;
  await video.play();
  return stream;
}

export function closeCamera(video: HTMLVideoElement): void {
  for (const track of (video.srcObject as MediaStream | null)?.getTracks() ?? []) track.stop();
  video.srcObject = null;
}

/** The cameras, once one of them was allowed. */
export async function cameras(): Promise<MediaDeviceInfo[]> {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.filter(({ kind }) => kind === 'videoinput');
}

/** Emits with each new frame that a video shows. */
export const framesOf = (video: HTMLVideoElement): Observable<void> =>
  new Observable((observer) => {
    let request = 0;
    const next = () => {
      observer.next();
      request = video.requestVideoFrameCallback(next);
    };
    request = video.requestVideoFrameCallback(next);
    return () => video.cancelVideoFrameCallback(request);
  });
