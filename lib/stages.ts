import { RetentionDays } from 'aws-cdk-lib/aws-logs';

/** What distinguishes a stage and is no secret, no id and no address: those come with the context (`context.ts`). */
export interface Stage {
  /** The account is whoever deploys; the region is part of the stage. */
  readonly region: string;
  /** Refuse `cdk destroy`. */
  readonly terminationProtection: boolean;
  /** Logs go when the stack goes. */
  readonly disposable: boolean;
  readonly logRetention: RetentionDays;
  /**
   * Of the inventory Lambda. A run holds 150 MB, with 20 warehouses or 200, and 324 MB with 100,000 articles in one (docs/rendimiento.md):
   * 512 MB leave room for both. They also buy 0.29 of a processor (1,769 MB are one, says AWS), so that the 0.9 s of work of a run of 20
   * warehouses take some 3 s, still less than KLK does.
   */
  readonly memoryMb: number;
  /**
   * Of the inventory Lambda. With a KLK that takes 2 s for an answer a run of 20 warehouses takes 15 s (docs/rendimiento.md), and one of
   * 200, by the same rounds of three, would take some 140 s: 5 minutes are twice that, and far below the interval, so that a hanging run never meets the next one.
   */
  readonly timeoutMinutes: number;
  /** Reserve one execution for the inventory Lambda. Off: accounts with a small quota refuse any reservation. */
  readonly reserveConcurrency: boolean;
  /** Limits and thresholds of the README's table that differ from their defaults, as `KLK_TIMEOUT_MS`. */
  readonly tunables: Readonly<Record<string, string>>;
  /** Months of history to keep, older ones are dropped whole, daily; undefined keeps everything. */
  readonly historyMonths: number | undefined;
  /** Rows in quarantine in one run that are worth a mail. */
  readonly rejectedRowsThreshold: number;
}

/** The stages that can be deployed. */
export const STAGES = {
  /** Everything of its own, made and removed with one command. */
  desarrollo: {
    region: 'us-east-1',
    terminationProtection: false,
    disposable: true,
    logRetention: RetentionDays.ONE_MONTH,
    memoryMb: 512,
    timeoutMinutes: 5,
    reserveConcurrency: false,
    tunables: {},
    historyMonths: undefined,
    rejectedRowsThreshold: 100,
  },
  /** Beside the chain's own network and database, of which it creates, changes and deletes nothing. */
  produccion: {
    region: 'us-east-1',
    terminationProtection: true,
    disposable: false,
    logRetention: RetentionDays.THREE_MONTHS,
    memoryMb: 512,
    timeoutMinutes: 5,
    reserveConcurrency: false,
    tunables: {},
    historyMonths: undefined,
    rejectedRowsThreshold: 100,
  },
} as const satisfies Record<string, Stage>;
