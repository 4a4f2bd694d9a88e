#!/usr/bin/env node
// Runs `gerbang` with the same arguments, and ends as it ends.
import { spawn } from "node:child_process";
import { constants } from "node:os";

import { program } from "../program.js";

const child = spawn(program(), process.argv.slice(2), { stdio: "inherit" });
// Ctrl-C reaches both; what comes to this process alone is passed on. The program decides when it ends.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => signal !== "SIGINT" && child.kill(signal));
child.on("error", (error) => {
  console.error(`gerbang cannot be run: ${error.message}`);
  process.exitCode = 1;
});
child.on("exit", (code, signal) => {
  process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0);
});
