// Where the program `gerbang` is.
import { createRequire } from "node:module";

/**
 * The path of `gerbang`: what GERBANG names, or else that of this system's package, which npm installs with this one.
 * @returns {string}
 */
export function program() {
  if (process.env.GERBANG) return process.env.GERBANG;
  const system = `${process.platform}-${process.arch}`;
  const file = process.platform === "win32" ? "gerbang.exe" : "gerbang";
  try {
    return createRequire(import.meta.url).resolve(`@gerbang/cli-${system}/${file}`);
  } catch (cause) {
    throw new Error(
      `there is no gerbang for ${system}: install @gerbang/cli-${system}, which npm leaves out with --omit=optional, or name the program in GERBANG`,
      { cause },
    );
  }
}
