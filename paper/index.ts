/** Data sets of the paper and their scores, as `fewshot-atnl/paper`. */
export {
  type InterpolationOnLinesOptions,
  interpolationOnLines,
  type LineInterpolationScores,
  scoreLineInterpolations,
} from './data/lineInterpolation.js';
export { drawLine, LINE_IMAGE_SIDE, type Lines, renderLines } from './data/lines.js';
export {
  type FaceFacts,
  type FaceSet,
  faceSet,
  loadMultiPie,
  type MultiPieFile,
  type MultiPieName,
  type MultiPieOptions,
  multiPieCameras,
  multiPieFiles,
  multiPieYaws,
  type Square,
} from './data/multiPie.js';
export type { Pose } from './faces/camera.js';
export { type FaceIdentity, faceIdentity, type HairStyle } from './faces/identity.js';
export { type Light, standardLights } from './faces/light.js';
export { type RenderFacesOptions, renderFaces } from './faces/renderFaces.js';
export { headRenderer } from './faces/renderHead.js';
