#!/usr/bin/env node
import { runProgram } from './program.js';

// A reader that went away (`| head`) ends the program quietly.
process.stdout.on('error', () => process.exit(1));

process.exitCode = await runProgram(process.argv.slice(2));
