// Which dbt project a file belongs to. Free of VS Code, so that a test can ask.

/** A dbt project's folder on the disk. */
interface Place {
    readonly folder: string;
}

/** The innermost of the projects that a file lies in. */
export function innermost<T extends Place>(file: string, projects: readonly T[]): T | undefined {
    const around = projects.filter((it) => isWithin(file, it.folder));
    return around.sort((a, b) => b.folder.length - a.folder.length)[0];
}

function isWithin(file: string, folder: string): boolean {
    const start = folder.replace(/[/\\]$/, "");
    return file.startsWith(start) && /^[/\\]/.test(file.slice(start.length));
}
