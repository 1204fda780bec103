import { DataError } from '../core/index.js';

/** What the name of a Multi-PIE file says: `<subject>_<session>_<recording>_<camera>_<illumination>.png`. */
export interface MultiPieName {
  /** 1 … 346. */
  readonly subject: number;
  /** 1 … 4. */
  readonly session: number;
  /** Number of the recording within the session, each with another expression; 1 is neutral in every session. */
  readonly recording: number;
  /** As in the name: `051` for the camera whose folder is `05_1`. */
  readonly camera: string;
  /** Number of the flash, 1 … 18; 0 and 19 are room light alone. */
  readonly illumination: number;
}

/**
 * Yaw in degrees of the 13 cameras at head height, which stand every 15 degrees around the subject (Gross et al.,
 * *Multi-PIE*, Image and Vision Computing 28 (2010), figure 3; doi:10.1016/j.imavis.2009.08.002). Their order along the
 * arc, with 11_0 as the left profile and 24_0 as the right one, is that of facereclib's protocols
 * (https://github.com/idiap/facereclib, config/database/multipie_P.py). Which side is positive is our choice.
 */
export const multiPieCameras: Readonly<Record<string, number>> = {
  '110': -90,
  '120': -75,
  '090': -60,
  '080': -45,
  '130': -30,
  '140': -15,
  '051': 0,
  '050': 15,
  '041': 30,
  '190': 45,
  '200': 60,
  '010': 75,
  '240': 90,
};

/** The yaws of those cameras, −90 … 90. */
export const multiPieYaws: readonly number[] = Object.values(multiPieCameras).sort((a, b) => a - b);

/** Two cameras look down from above, at about ±45 degrees: not a pure yaw, so they are passed over. */
export const multiPieCamerasAbove: readonly string[] = ['081', '191'];

const pattern = /^(\d{3})_(\d{2})_(\d{2})_(\d{3})_(\d{2})\.png$/i;

/**
 * Reads the name of a file, and holds it against the folders that it lies in where those follow the database's own
 * layout, `session<SS>/multiview/<subject>/<recording>/<CC_C>/`.
 *
 * @param path below the root, with `/`
 * @throws DataError naming the file
 */
export function parseMultiPieName(path: string): MultiPieName {
  const folders = path.split('/');
  const match = pattern.exec(folders.pop()!);
  if (match === null) {
    throw new DataError(`${path} is not named like a Multi-PIE file`, {
      hint: 'Names are <subject>_<session>_<recording>_<camera>_<illumination>.png, such as 001_01_01_051_07.png.',
    });
  }
  const [subject, session, recording, camera, illumination] = match.slice(1) as [
    string,
    string,
    string,
    string,
    string,
  ];
  if (!(camera in multiPieCameras) && !multiPieCamerasAbove.includes(camera)) {
    throw new DataError(`${path} is from camera ${camera}, which Multi-PIE does not have`, {
      hint: `Its cameras are ${[...Object.keys(multiPieCameras), ...multiPieCamerasAbove].sort().join(', ')}.`,
    });
  }
  const expected = [
    `session${session}`,
    'multiview',
    subject,
    recording,
    `${camera.slice(0, 2)}_${camera[2]}`,
  ];
  const start = folders.findIndex((folder) => /^session\d\d$/.test(folder));
  const found = start < 0 ? [] : folders.slice(start);
  const wrong = found.findIndex((folder, i) => folder !== expected[i]);
  if (wrong >= 0) {
    throw new DataError(`${path} lies in ${found.join('/')}, but its name says ${expected.join('/')}`, {
      hint: 'Put the file back where it came from.',
    });
  }
  return {
    subject: Number(subject),
    session: Number(session),
    recording: Number(recording),
    camera,
    illumination: Number(illumination),
  };
}
