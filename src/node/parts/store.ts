/** Where machines put results, and find those of others: names with texts or bytes, each written once. */
export interface Store {
  /** As messages name it. */
  readonly name: string;
  /** True if there is a text of that name. */
  has(name: string): Promise<boolean>;
  /** The text of that name; `undefined` if there is none. */
  read(name: string): Promise<string | undefined>;
  /** The bytes of that name; `undefined` if there are none. */
  readBytes(name: string): Promise<Uint8Array | undefined>;
  /** Writes a text or bytes unless the name is taken. Returns false if it is. */
  commit(name: string, content: string | Uint8Array): Promise<boolean>;
  close(): void;
}
