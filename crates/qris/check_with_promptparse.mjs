// Compares which payloads are read, with the right checksum, with those that promptparse reads; see check-with-others.sh.
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"

const { decode, parse } = createRequire(import.meta.url)("promptparse")

// The differences that were judged, by what we find or by what is special in what we read.
const judged = {
    "they read, payload.format": "EMVCo: tag 00 = 01 comes first",
    "they read, tag.repeated": "EMVCo: a tag occurs once",
    "they read, checksum.place": "EMVCo: tag 63 comes last and has four characters",
    "they read, payload.digits": "EMVCo: a length is two digits; a digit and a letter are taken for the digit there",
    "they read, payload.digits in a template": "EMVCo: tags 26 to 51 and 62 are made of sub-tags; anything is taken there",
    "they read, payload.truncated in a template": "EMVCo: tags 26 to 51 and 62 are made of sub-tags; anything is taken there",
    "they refuse, not ASCII": "EMVCo: the checksum covers the bytes of UTF-8",
}

function reads(payload) {
    // What is cut off is shorter than its length says.
    const isWhole = (tag) => /^[0-9]{2}$/.test(tag.id) && tag.length === tag.value.length
    return parse(payload, true) !== null && decode(payload).every(isWhole)
}

const differences = new Map()
let total = 0
for (const line of readFileSync(process.argv[2], "ascii").trimEnd().split("\n")) {
    const [digits, isRead, codes] = line.split("\t")
    const payload = Buffer.from(digits, "hex").toString("utf8")
    total += 1
    const theirs = reads(payload)
    if (theirs === (isRead === "true")) continue
    const [code, tag] = codes.split(",")[0].split("@")
    let what = `they read, ${code}`
    if (code.startsWith("payload.") && /^(2[6-9]|3\d|4[0-5]|51|62)/.test(tag)) what += " in a template"
    if (!theirs) {
        what = `they refuse, ${/[^\x00-\x7f]/.test(payload) ? "not ASCII" : "other"}`
    }
    const known = differences.get(what) ?? { count: 0, example: payload }
    differences.set(what, { ...known, count: known.count + 1 })
}
console.log(`${total} payloads, as promptparse reads them:`)
let unknown = 0
for (const [what, { count, example }] of [...differences].sort()) {
    unknown += what in judged ? 0 : 1
    console.log(`  ${String(count).padStart(6)}  ${what.padEnd(42)}  ${judged[what] ?? "NOT JUDGED"}`)
    console.log(`          ${JSON.stringify(example)}`)
}
process.exitCode = unknown > 0 ? 1 : 0
