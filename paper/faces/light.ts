/** Where a stand-in head is lit from, in degrees around and above its own front. The light stays when the camera moves. */
export interface Light {
  /** 0 is in front of the face; positive is on the side that shows at positive yaws. */
  readonly azimuth: number;
  /** 0 is level with the face, 90 above the crown. */
  readonly elevation: number;
}

/** Seven lights, as flashes may stand around a chair. */
export const standardLights: readonly Light[] = [
  { azimuth: 0, elevation: 15 },
  { azimuth: -25, elevation: 20 },
  { azimuth: 25, elevation: 20 },
  { azimuth: -50, elevation: 15 },
  { azimuth: 50, elevation: 15 },
  { azimuth: -75, elevation: 10 },
  { azimuth: 75, elevation: 10 },
];

/** Unit vector from the head towards the light, in the head's coordinates. */
export function lightDirection({ azimuth, elevation }: Light): readonly [number, number, number] {
  const [around, up] = [(azimuth * Math.PI) / 180, (elevation * Math.PI) / 180];
  // Positive yaws show the side at −x.
  return [-Math.sin(around) * Math.cos(up), Math.sin(up), Math.cos(around) * Math.cos(up)];
}
