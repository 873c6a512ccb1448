import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Certificates of the zoo's TLS servers, valid for a hundred years; their keys guard nothing. */

/** The authority that signed the good one and the expired one. */
export const AUTHORITY = `-----BEGIN CERTIFICATE-----
MIIBUjCB+aADAgECAgEBMAoGCCqGSM49BAMCMBgxFjAUBgNVBAMMDVpvbyBhdXRo
b3JpdHkwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBgxFjAUBgNV
BAMMDVpvbyBhdXRob3JpdHkwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQxrJob
t8q+Ird7FUt4PbUVQDCxGyP3Xxp8ul/p/lnb4430iR/hFTwK2YStUmq4ShyvEbTl
FpEjtkC9JGGzECYqozIwMDAPBgNVHRMBAf8EBTADAQH/MB0GA1UdDgQWBBR87f2j
EQScfH2JyhL6p8X+uKk7DzAKBggqhkjOPQQDAgNIADBFAiEAgvny1M9ROxOLBwbK
sDmw13wniEOs4sHjHkzy+4kn9uECIBe1KAURjt7GtY7ZPBC5h9buRmsCkAyuVVEa
gHJX5yCB
-----END CERTIFICATE-----
`;

/** For good.test. */
export const GOOD_CERTIFICATE = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBdjCCARugAwIBAgIBAzAKBggqhkjOPQQDAjAYMRYwFAYDVQQDDA1ab28gYXV0
aG9yaXR5MCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAUMRIwEAYD
VQQDDAlnb29kLnRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARcvufyq8q0
PQyAWXKgHydBgP6QflQahefWPXATzqNiKcaRxRtViP91O2wqANK4XsWnBTy/Mb87
L7AEeQRS0qKto1gwVjAUBgNVHREEDTALgglnb29kLnRlc3QwHQYDVR0OBBYEFB1S
BTgFPpgaE4YQwaE//r77fYleMB8GA1UdIwQYMBaAFHzt/aMRBJx8fYnKEvqnxf64
qTsPMAoGCCqGSM49BAMCA0kAMEYCIQDTyAmQqdFB/UnNyeLPCBN7TavTzH/B2c02
hQYJGY1EfwIhALs8aa9Kr2uXD+2wNHoiD+RBd0jIhX01rd4LTpYeW1o4
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgGZ9HJbiMLtJHJVc2
8QGz/NpzFkXlR7ANVCTYkwDpYEqhRANCAARcvufyq8q0PQyAWXKgHydBgP6QflQa
hefWPXATzqNiKcaRxRtViP91O2wqANK4XsWnBTy/Mb87L7AEeQRS0qKt
-----END PRIVATE KEY-----
`,
};

/** For good.test, until 2021. */
export const EXPIRED_CERTIFICATE = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBdDCCARmgAwIBAgIBBDAKBggqhkjOPQQDAjAYMRYwFAYDVQQDDA1ab28gYXV0
aG9yaXR5MB4XDTIwMDEwMTAwMDAwMFoXDTIxMDEwMTAwMDAwMFowFDESMBAGA1UE
AwwJZ29vZC50ZXN0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAECuvVOtNWEA9O
BY6MqN4YPMPQFL45Qmeij0PxzG3Nk36xhkfPKaGN2/+a3EaZQztqjnb5J8yiBPNo
dPa8+9XN36NYMFYwFAYDVR0RBA0wC4IJZ29vZC50ZXN0MB0GA1UdDgQWBBTLnuXY
hT/aLeB9dvjrYlh0o9r8zTAfBgNVHSMEGDAWgBR87f2jEQScfH2JyhL6p8X+uKk7
DzAKBggqhkjOPQQDAgNJADBGAiEA1NqTmCwaWRHtXLAcbvUaNH6XfDfkbWY3xj+2
0O2JAF0CIQCN7Pd2Od76ZwGveAkIXY2LGfptwDaTD+CbnpQyhWGrmw==
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg9Y1GGQIVUaDsrCkB
17pKQh6GIGeGTQAdhQP5NkjDCXuhRANCAAQK69U601YQD04Fjoyo3hg8w9AUvjlC
Z6KPQ/HMbc2TfrGGR88poY3b/5rcRplDO2qOdvknzKIE82h09rz71c3f
-----END PRIVATE KEY-----
`,
};

/** For self.test, signed by itself. */
export const SELF_CERTIFICATE = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBTzCB9qADAgECAgECMAoGCCqGSM49BAMCMBQxEjAQBgNVBAMMCXNlbGYudGVz
dDAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowFDESMBAGA1UEAwwJ
c2VsZi50ZXN0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEpOTqW650STwxEuiV
E/oOhpaGJq9h/0ImP559Ojvwq/FXmdhJWN9uJXx+tUCRfsEVgw0dDXq00RLlm775
4qk5vaM3MDUwFAYDVR0RBA0wC4IJc2VsZi50ZXN0MB0GA1UdDgQWBBQTHaHRArIF
cmtwR8luLeHVkzpT1jAKBggqhkjOPQQDAgNIADBFAiB7w66aaB1CGf/cFmZXMVCz
RvzSsm46KbIK1g9i6ipfjAIhAOMEl/zbjHae060edSIrZa3tosLPZq20W+NZ+e0/
61cy
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgCZ4Hid8vO57MAVCF
//O7/r26s4nbk/l0b/FaW/3xyQGhRANCAASk5OpbrnRJPDES6JUT+g6GloYmr2H/
QiY/nn06O/Cr8VeZ2ElY324lfH61QJF+wRWDDR0NerTREuWbvvniqTm9
-----END PRIVATE KEY-----
`,
};

/** For other.test; its own authority. */
export const OTHER_CERTIFICATE = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBZTCCAQqgAwIBAgIBBTAKBggqhkjOPQQDAjAVMRMwEQYDVQQDDApvdGhlci50
ZXN0MCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAVMRMwEQYDVQQD
DApvdGhlci50ZXN0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEk6sPHjsx63g/
3kRV8jtqvd+N9RXlB1L8naL+RPkIDg7dsMNOXpdeOeJQ4cPvjNmtVBGwehQDcHC0
0oCZ16nf56NJMEcwFQYDVR0RBA4wDIIKb3RoZXIudGVzdDAPBgNVHRMBAf8EBTAD
AQH/MB0GA1UdDgQWBBTvcEGX577EqoLpNRv9la1WsWYm6TAKBggqhkjOPQQDAgNJ
ADBGAiEA6Lw4h5i+ntm2U3OObu1yscUaiergW2KjZfC64pwglfsCIQDBkj/3B3v+
Q9c6fUc+rs60wOndrn5dp3+tOqunhbCHAQ==
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgs9ty55mnSUTHB4KM
yP14W1cTk5C1VpSKDIA2eSgaNWmhRANCAASTqw8eOzHreD/eRFXyO2q93431FeUH
Uvydov5E+QgODt2ww05el1454lDhw++M2a1UEbB6FANwcLTSgJnXqd/n
-----END PRIVATE KEY-----
`,
};

/** The certificates of those that checks believe, in a file. */
export function authorityFile(): KeptFile {
  return keptFile('ca.pem', `${AUTHORITY}${OTHER_CERTIFICATE.cert}`);
}

/** A file for as long as a test needs it. */
export interface KeptFile {
  readonly path: string;
  remove(): void;
}

/** A file that nobody else may read, in a directory of its own. */
export function keptFile(name: string, text: string): KeptFile {
  const directory = mkdtempSync(join(tmpdir(), 'piranha-zoo-'));
  const path = join(directory, name);
  writeFileSync(path, text, { mode: 0o600 });
  return { path, remove: () => rmSync(directory, { recursive: true }) };
}
