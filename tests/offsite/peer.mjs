// S3-compatible storage (npm's s3rver) over TLS, for the scenarios.
//
//     node peer.mjs PORT CERTIFICATE KEY FOLDER BUCKET
//
// Says "ready" when it serves; its one account is S3RVER with the secret S3RVER. Ends with its standard input.
import { readFileSync } from "node:fs";
import S3rver from "s3rver";

const [port, certificate, key, directory, bucket] = process.argv.slice(2);

const server = new S3rver({
  address: "127.0.0.1",
  port: Number(port),
  cert: readFileSync(certificate),
  key: readFileSync(key),
  directory,
  silent: true,
  configureBuckets: [{ name: bucket }],
});

await server.run();
console.log("ready");
process.stdin.on("end", () => process.exit(0)).resume();
