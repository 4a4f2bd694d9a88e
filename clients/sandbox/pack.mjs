// Packs the program for one system as the npm package that @gerbang/sandbox takes it from:
// node pack.mjs linux-x64 ../../target/release/gerbang OUT. Prints the name of the tarball.
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const [system, binary, out] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const main = JSON.parse(readFileSync(join(here, "package.json"), "utf8"));
const name = `@gerbang/cli-${system}`;
if (!out || !(name in main.optionalDependencies)) {
  const systems = Object.keys(main.optionalDependencies).map((name) => name.replace("@gerbang/cli-", ""));
  console.error(`usage: node pack.mjs SYSTEM BINARY OUT; a system is ${systems.join(", ")}`);
  process.exit(2);
}
const [os, cpu] = system.split("-");
const file = os === "win32" ? "gerbang.exe" : "gerbang";
const work = mkdtempSync(join(tmpdir(), "gerbang-npm-"));
try {
  copyFileSync(binary, join(work, file));
  chmodSync(join(work, file), 0o755);
  for (const licence of ["LICENSE-APACHE", "LICENSE-MIT"]) copyFileSync(join(here, "../..", licence), join(work, licence));
  const manifest = {
    name,
    version: main.version,
    description: `The program gerbang for ${os} on ${cpu}, for @gerbang/sandbox`,
    license: main.license,
    os: [os],
    cpu: [cpu],
    files: [file],
    exports: { [`./${file}`]: `./${file}` },
  };
  writeFileSync(join(work, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  const packed = execFileSync("npm", ["pack", "--silent", "--pack-destination", out], {
    cwd: work,
    encoding: "utf8",
    // There it is a script of the shell's.
    shell: process.platform === "win32",
  });
  process.stdout.write(packed);
} finally {
  rmSync(work, { recursive: true });
}
