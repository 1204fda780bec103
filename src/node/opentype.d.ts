declare module 'opentype.js' {
  const opentype: { readonly parse: (bytes: ArrayBuffer) => never };
  export default opentype;
}
