import { runProgram } from './program.js';

// A reader that went away (`| head`) ends the program quietly.
process.stdout.on('error', () => process.exit(1));

void runProgram(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
