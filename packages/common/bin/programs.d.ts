export declare const PROGRAMS: Readonly<Record<string, readonly [owner: string, module: string]>>;
export declare function runProgram(name: string): Promise<void>;
export declare function programUrl(name: string, packages?: URL): URL;
