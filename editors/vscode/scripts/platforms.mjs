// The systems that the extension is packaged for, and what a program is built for.
//
// A package of one system with the program of another installs without a word and then
// never starts. So what is packaged is read first: the few bytes at the start of an
// executable that name its format, its processor and its C library.

/**
 * @typedef {"elf" | "mach-o" | "pe"} Format
 * @typedef {"x64" | "arm64"} Processor
 * @typedef {{ format: Format, processor: Processor, interpreter: string | null }} Program
 */

/** VS Code's name of each system, and Rust's of what is packaged for it. */
export const PLATFORMS = {
    "linux-x64": { triple: "x86_64-unknown-linux-gnu", format: "elf", processor: "x64" },
    "linux-arm64": { triple: "aarch64-unknown-linux-gnu", format: "elf", processor: "arm64" },
    "alpine-x64": { triple: "x86_64-unknown-linux-musl", format: "elf", processor: "x64" },
    "alpine-arm64": { triple: "aarch64-unknown-linux-musl", format: "elf", processor: "arm64" },
    "darwin-x64": { triple: "x86_64-apple-darwin", format: "mach-o", processor: "x64" },
    "darwin-arm64": { triple: "aarch64-apple-darwin", format: "mach-o", processor: "arm64" },
    "win32-x64": { triple: "x86_64-pc-windows-msvc", format: "pe", processor: "x64" },
    "win32-arm64": { triple: "aarch64-pc-windows-msvc", format: "pe", processor: "arm64" },
};

/**
 * Why this program is nothing for this system; null where it is.
 *
 * @param {string} target
 * @param {Uint8Array} bytes
 * @returns {string | null}
 */
export function mismatch(target, bytes) {
    if (!Object.hasOwn(PLATFORMS, target)) {
        return `no system is called ${target}; there are ${Object.keys(PLATFORMS).join(", ")}`;
    }
    const wanted = PLATFORMS[/** @type {keyof typeof PLATFORMS} */ (target)];
    const found = readProgram(bytes);
    if (found === null) {
        return "it is no program for Linux, macOS or Windows on x64 or arm64";
    }
    if (found.format !== wanted.format || found.processor !== wanted.processor) {
        return `it is a program for ${found.format} on ${found.processor}; ${target} takes ${wanted.format} on ${wanted.processor}`;
    }
    // What is linked statically starts on any Linux.
    if (target.startsWith("alpine") && found.interpreter !== null && !found.interpreter.includes("musl")) {
        return `it needs ${found.interpreter}, which Alpine does not have`;
    }
    if (target.startsWith("linux") && found.interpreter?.includes("musl")) {
        return `it needs ${found.interpreter}, which only Alpine and its like have`;
    }
    return null;
}

/**
 * What a program says of itself.
 *
 * @param {Uint8Array} bytes
 * @returns {Program | null}
 */
export function readProgram(bytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    try {
        return readElf(view) ?? readMachO(view) ?? readPe(view);
    } catch (error) {
        // It ends too early.
        if (error instanceof RangeError) return null;
        throw error;
    }
}

/**
 * 64-bit, little-endian ELF; e_machine is at 18, the program headers are listed at 32, 54 and 56.
 *
 * @param {DataView} view
 * @returns {Program | null}
 */
function readElf(view) {
    if (view.getUint32(0) !== 0x7f454c46 || view.getUint16(4) !== 0x0201) return null;
    const processor = named(view.getUint16(18, true), { 62: "x64", 183: "arm64" });
    return processor && { format: "elf", processor, interpreter: readInterpreter(view) };
}

/**
 * The dynamic linker (PT_INTERP); null where the program is linked statically.
 *
 * @param {DataView} view
 * @returns {string | null}
 */
function readInterpreter(view) {
    const first = Number(view.getBigUint64(32, true));
    const size = view.getUint16(54, true);
    for (let i = 0; i < view.getUint16(56, true); i++) {
        const header = first + i * size;
        if (view.getUint32(header, true) !== 3) continue;
        const at = Number(view.getBigUint64(header + 8, true));
        const length = Number(view.getBigUint64(header + 32, true));
        const text = new Uint8Array(view.buffer, view.byteOffset + at, length);
        return new TextDecoder().decode(text).replace(/\0+$/, "");
    }
    return null;
}

/**
 * 64-bit Mach-O for one processor; the processor is at 4.
 *
 * @param {DataView} view
 * @returns {Program | null}
 */
function readMachO(view) {
    if (view.getUint32(0, true) !== 0xfeedfacf) return null;
    const processor = named(view.getUint32(4, true), { [0x01000007]: "x64", [0x0100000c]: "arm64" });
    return processor && { format: "mach-o", processor, interpreter: null };
}

/**
 * PE: "MZ", and at 60 where its header "PE\0\0" is; the processor follows it.
 *
 * @param {DataView} view
 * @returns {Program | null}
 */
function readPe(view) {
    if (view.getUint16(0) !== 0x4d5a) return null;
    const header = view.getUint32(60, true);
    if (view.getUint32(header) !== 0x50450000) return null;
    const processor = named(view.getUint16(header + 4, true), { [0x8664]: "x64", [0xaa64]: "arm64" });
    return processor && { format: "pe", processor, interpreter: null };
}

/**
 * @param {number} code
 * @param {Record<number, Processor>} names
 * @returns {Processor | null}
 */
function named(code, names) {
    return names[code] ?? null;
}
