export const limits: { readonly readmeWords: number; readonly docsWords: number };

export interface PageSize {
  readonly words: number;
  readonly decimals: number;
}

export function filesBelow(folder: string, ending: string): string[];

export function read(file: string): string;

export function prose(file: string): string[];

export function anchors(file: string): Set<string>;

export function linksOf(file: string): { place: string; target: string }[];

export function linkFault(file: string, target: string): string | undefined;

export function deadLinks(): string[];

export function sizeOf(page: string): PageSize;

export function measureDocs(): {
  readonly pages: readonly (PageSize & { readonly page: string })[];
  readonly readme: PageSize;
  readonly docs: PageSize;
};
