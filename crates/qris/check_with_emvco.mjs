// Compares which payloads are read, with the right checksum, with those that emvco-qr-sdk reads; see check-with-others.sh.
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"

const { QRParseMode, parseFullQR } = createRequire(import.meta.url)("emvco-qr-sdk")

// The differences that were judged, by what we find or by what is special in what we read.
const judged = {
    "they read, payload.format": "EMVCo: tag 00 = 01 comes first",
    "they read, tag.repeated": "EMVCo: a tag occurs once",
    "they read, checksum.place": "EMVCo: tag 63 comes last and has four characters",
    "they read, payload.digits": "EMVCo: a tag and a length are two digits, also of sub-tags; others are passed over there",
    "they read, payload.truncated": "EMVCo: tags 26 to 51 and 62 are made of sub-tags, which are cut off; taken for text there",
    "they refuse, lower case": "the checksum is right but for its case: a warning",
    "they refuse, not ASCII": "EMVCo: the checksum covers the bytes of UTF-8",
}

function reads(payload) {
    try {
        return parseFullQR(payload, { parseMode: QRParseMode.GLOBAL, recursiveParsing: false }).crc.isValid
    } catch {
        return false
    }
}

const differences = new Map()
let total = 0
for (const line of readFileSync(process.argv[2], "ascii").trimEnd().split("\n")) {
    const [digits, isRead, codes] = line.split("\t")
    const payload = Buffer.from(digits, "hex").toString("utf8")
    total += 1
    const theirs = reads(payload)
    if (theirs === (isRead === "true")) continue
    let what = `they read, ${codes.split("@")[0]}`
    if (!theirs) {
        const special = /[a-f]/.test(payload.slice(-4)) ? "lower case" : /[^\x00-\x7f]/.test(payload) ? "not ASCII" : "other"
        what = `they refuse, ${special}`
    }
    const known = differences.get(what) ?? { count: 0, example: payload }
    differences.set(what, { ...known, count: known.count + 1 })
}
console.log(`${total} payloads, as emvco-qr-sdk reads them:`)
let unknown = 0
for (const [what, { count, example }] of [...differences].sort()) {
    unknown += what in judged ? 0 : 1
    console.log(`  ${String(count).padStart(6)}  ${what.padEnd(32)}  ${judged[what] ?? "NOT JUDGED"}`)
    console.log(`          ${JSON.stringify(example)}`)
}
process.exitCode = unknown > 0 ? 1 : 0
