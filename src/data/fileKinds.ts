/** Endings of files that may hold a picture. The decoder tells if it can be read. */
const PICTURE = /\.(png|jpe?g|jfif|jpe|webp|avif|gif|tiff?|hei[cf]|bmp)$/i;
/** Pictures in formats that no decoder here reads. */
const UNREAD =
  /^(psd|xcf|svg|eps|ai|ico|icns|tga|dds|exr|hdr|jp2|j2k|jxl|jxr|p[bgnp]m|pcx|raw|dng|cr2|cr3|nef|arw|orf|rw2|raf|pef|srw)$/;
/** Files that systems and photo programs put beside pictures, and this package's own. Nobody means them as data. */
const SILENT =
  /^(\..*|thumbs\.db|ehthumbs.*\.db|desktop\.ini|icon\r|.*\.aae|.*\.mov|.*\.xmp|metadata(\(\d+\))?\.json|manifest\.jsonl|fewshot\.config.*\.json|.*\.safetensors)$/i;
/** Folders of that kind. */
const SILENT_FOLDER =
  /^(\..*|__macosx|@eadir|#recycle|\$recycle\.bin|system volume information|lost\+found|node_modules|__pycache__)$/i;
/** Companions of a picture with the same name: a film, and what an album says of a picture. */
const COMPANION = /\.(mp4|json)$/i;

/** True for the name or path of a file that may hold a picture. */
export const isPictureName = (name: string): boolean => PICTURE.test(name);

/** True for the name of a folder that holds nothing that anyone means as data: `.git`, `__MACOSX`, `@eaDir`. */
export const isSilentFolder = (name: string): boolean => SILENT_FOLDER.test(name);

/** The files of a folder that are neither pictures nor of the kinds that nobody means, each with the reason why it is not used. */
export function otherFiles(names: readonly string[]): (readonly [name: string, reason: string])[] {
  let pictures: Set<string> | undefined;
  const besidePicture = (name: string): boolean => {
    pictures ??= new Set(names.filter(isPictureName).map(stem));
    return pictures.has(stem(name));
  };
  return names
    .filter((name) => !isPictureName(name) && !SILENT.test(name))
    .filter((name) => !(COMPANION.test(name) && besidePicture(name)))
    .map((name) => [name, reasonFor(name)]);
}

/** The part of a name that a picture shares with its companions: `IMG_1.jpg.json`, `IMG_1.MOV`. */
const stem = (name: string): string => name.split('.', 1)[0]!.toLowerCase();

function reasonFor(name: string): string {
  const ending = /[^.]\.(\w{1,12})$/.exec(name)?.[1]?.toLowerCase();
  if (ending === undefined) return 'no picture by name, for want of an ending';
  return UNREAD.test(ending)
    ? `in the format .${ending}, which is not read; save as PNG or JPEG`
    : `no picture, by the ending .${ending}`;
}
