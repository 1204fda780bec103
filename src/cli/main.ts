import { runProgram } from './program.js';

// A reader that went away (`| head`) ends the program quietly.
process.stdout.on('error', () => process.exit(1));

void runProgram(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
  // What waits for a broker that is away does not hold a program that has ended.
  setTimeout(() => process.exit(), 1000).unref();
});
