import { execFileSync } from 'node:child_process';

/** Builds the page once, as it is deployed; the test files open the files that this leaves. */
export default function globalSetup(): void {
  execFileSync(process.execPath, ['node_modules/vite/bin/vite.js', 'build', 'web', '--logLevel', 'error'], {
    stdio: 'inherit',
  });
}
