export type { Pose } from './camera.js';
export { type FaceIdentity, faceIdentity, type HairStyle } from './identity.js';
export { type Light, standardLights } from './light.js';
export { type RenderFacesOptions, renderFaces } from './renderFaces.js';
export { headRenderer } from './renderHead.js';
