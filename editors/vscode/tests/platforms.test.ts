// No package holds a program of another system.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { mismatch, PLATFORMS, readProgram } from "../scripts/platforms.mjs";

/** The start of an ELF file for this processor, with a dynamic linker or none. */
function elf(machine: number, interpreter?: string): Uint8Array {
    const bytes = Buffer.alloc(256);
    bytes.write("\x7fELF\x02\x01", "latin1");
    bytes.writeUInt16LE(machine, 18);
    bytes.writeBigUInt64LE(64n, 32);
    bytes.writeUInt16LE(56, 54);
    // PT_LOAD, then PT_INTERP where there is one.
    bytes.writeUInt16LE(interpreter === undefined ? 1 : 2, 56);
    bytes.writeUInt32LE(1, 64);
    if (interpreter !== undefined) {
        bytes.writeUInt32LE(3, 120);
        bytes.writeBigUInt64LE(200n, 128);
        bytes.writeBigUInt64LE(BigInt(interpreter.length + 1), 152);
        bytes.write(interpreter, 200);
    }
    return bytes;
}

function machO(processor: number): Uint8Array {
    const bytes = Buffer.alloc(32);
    bytes.writeUInt32LE(0xfeedfacf);
    bytes.writeUInt32LE(processor, 4);
    return bytes;
}

function pe(machine: number): Uint8Array {
    const bytes = Buffer.alloc(256);
    bytes.write("MZ");
    bytes.writeUInt32LE(128, 60);
    bytes.write("PE\0\0", 128);
    bytes.writeUInt16LE(machine, 132);
    return bytes;
}

const PROGRAMS = {
    "linux x64, glibc": elf(62, "/lib64/ld-linux-x86-64.so.2"),
    "linux arm64, glibc": elf(183, "/lib/ld-linux-aarch64.so.1"),
    "linux x64, static": elf(62),
    "linux arm64, static": elf(183),
    "linux x64, musl": elf(62, "/lib/ld-musl-x86_64.so.1"),
    "linux riscv": elf(243),
    "mac x64": machO(0x01000007),
    "mac arm64": machO(0x0100000c),
    "windows x64": pe(0x8664),
    "windows arm64": pe(0xaa64),
    "windows x86": pe(0x14c),
    "a text": Buffer.from("#!/bin/sh\nexec exposure-lens\n"),
    "an empty file": Buffer.alloc(0),
    "a cut file": elf(62, "/lib64/ld-linux-x86-64.so.2").subarray(0, 150),
};

/** Which of the programs this system takes. */
function taken(target: string): string[] {
    return Object.entries(PROGRAMS).flatMap(([name, bytes]) => (mismatch(target, bytes) === null ? [name] : []));
}

test("each system takes its own programs and no others", () => {
    const all = Object.keys(PLATFORMS).map((target) => [target, taken(target)]);
    assert.deepEqual(Object.fromEntries(all), {
        "linux-x64": ["linux x64, glibc", "linux x64, static"],
        "linux-arm64": ["linux arm64, glibc", "linux arm64, static"],
        "alpine-x64": ["linux x64, static", "linux x64, musl"],
        "alpine-arm64": ["linux arm64, static"],
        "darwin-x64": ["mac x64"],
        "darwin-arm64": ["mac arm64"],
        "win32-x64": ["windows x64"],
        "win32-arm64": ["windows arm64"],
    });
});

test("a refusal says what was given and what is taken", () => {
    const check = (target: string, bytes: Uint8Array, reason: string) => assert.equal(mismatch(target, bytes), reason);
    const linux = PROGRAMS["linux x64, glibc"];
    check("win32-x64", linux, "it is a program for elf on x64; win32-x64 takes pe on x64");
    check("linux-arm64", linux, "it is a program for elf on x64; linux-arm64 takes elf on arm64");
    check("alpine-x64", linux, "it needs /lib64/ld-linux-x86-64.so.2, which Alpine does not have");
    check("darwin-x64", PROGRAMS["a text"], "it is no program for Linux, macOS or Windows on x64 or arm64");
    check("linux-x64", PROGRAMS["a cut file"], "it is no program for Linux, macOS or Windows on x64 or arm64");
    assert.match(mismatch("solaris-x64", linux) ?? "", /^no system is called solaris-x64; there are linux-x64, /);
    assert.match(mismatch("toString", linux) ?? "", /^no system is called toString; /);
});

test("a real program is read: the one that runs this", () => {
    const { platform, arch } = process;
    const format = { linux: "elf", darwin: "mach-o", win32: "pe" }[platform as "linux" | "darwin" | "win32"];
    const found = readProgram(readFileSync(process.execPath));
    assert.deepEqual([found?.format, found?.processor], [format, arch]);
});
