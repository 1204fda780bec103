/** Where machines put results, and find those of others: names with texts, each written once. */
export interface Store {
  /** As messages name it. */
  readonly name: string;
  /** The text of that name; `undefined` if there is none. */
  read(name: string): Promise<string | undefined>;
  /** Writes a text unless there is one of that name. Returns false if there is. */
  commit(name: string, text: string): Promise<boolean>;
  close(): void;
}
