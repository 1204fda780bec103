/** What arms do, for people who do not know their names. */
export const armTexts: Readonly<Partial<Record<string, string>>> = {
  none: 'the real images alone',
  variants: 'cropped and changed in brightness',
  affine: 'rotated, scaled, sheared and shifted: the baseline to beat',
  geometric: 'a wider affine transform and an elastic one: a strong baseline',
  'geometric+labels': 'the same, with labels by the encoder',
  lerp: 'hallucinated along straight lines between codes',
  atnl: 'hallucinated by slerp, along great circles between codes',
  'atnl+affine': 'hallucinated by slerp, and all of it transformed as by affine',
  'atnl+geometric': 'hallucinated by slerp; real images transformed as by geometric',
  transport: 'hallucinated by differences between codes of the classes that the encoder knows',
  'transport+affine': 'the same, and all of it transformed as by affine',
  'transport+geometric': 'hallucinated by transport; real images transformed as by geometric',
  restyle: 'hallucinated by changing the style part of codes',
  'restyle+geometric': 'the same; real images transformed as by geometric',
  'restyle+geometric+labels': 'the same, with labels by the encoder',
  codes: 'no image made: codes of the real images are compared',
};
