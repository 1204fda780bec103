/** Where machines put results, and find those of others: names with texts, each written once. */
export interface Store {
  /** As messages name it. */
  readonly name: string;
  /** True if there is a text of that name. */
  has(name: string): Promise<boolean>;
  /** The text of that name; `undefined` if there is none. */
  read(name: string): Promise<string | undefined>;
  /** Writes a text unless there is one of that name. Returns false if there is. */
  commit(name: string, text: string): Promise<boolean>;
  close(): void;
}
