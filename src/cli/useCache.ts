import { homedir } from 'node:os';
import { join } from 'node:path';
import { env, platform } from 'node:process';
import type { Command } from 'commander';

/** Adds `--no-cache` to the program, for whichever command is named. */
export function addCacheFlag(program: Command): Command {
  return program.option('--no-cache', 'unpack images anew, and keep nothing of them for other runs');
}

/** Names the folder for unpacked images to this process and its threads; none under `--no-cache`. */
export function useCache(wanted: boolean): void {
  env.FEWSHOT_CACHE = wanted ? (env.FEWSHOT_CACHE ?? join(systemCache(), 'fewshot-atnl')) : '';
}

/** Where the system wants such files. */
function systemCache(): string {
  if (env.XDG_CACHE_HOME) return env.XDG_CACHE_HOME;
  if (platform === 'win32' && env.LOCALAPPDATA) return env.LOCALAPPDATA;
  return join(homedir(), platform === 'darwin' ? 'Library/Caches' : '.cache');
}
