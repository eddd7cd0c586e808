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
   * Of the inventory Lambda: at least `memoryNeededMb`, for the worst answers that the limits admit. An ordinary run holds 170 MB, with 20
   * warehouses or 200 (docs/rendimiento.md). Memory also buys the processor: 1,769 MB are a whole one, says AWS.
   */
  readonly memoryMb: number;
  /**
   * Of the inventory Lambda. With a KLK that takes 2 s for an answer a run of 20 warehouses takes 15 s (docs/rendimiento.md), and one of
   * 200, by the same rounds of three, would take some 140 s: 5 minutes are twice that, and far below the interval, so that a hanging run never meets the next one.
   */
  readonly timeoutMinutes: number;
  /** Reserve one execution for the inventory Lambda. Off: accounts with a small quota refuse any reservation. */
  readonly reserveConcurrency: boolean;
  /** Limits and thresholds of docs/configuration.md that differ from their defaults, as `KLK_TIMEOUT_MS`. */
  readonly tunables: Readonly<Record<string, string>>;
  /** Months of history to keep, older ones are dropped whole, daily; undefined keeps everything. A stage that lasts decides it by its growth per month. */
  readonly historyMonths: number | undefined;
  /** Rows in quarantine in one run that are worth a mail. */
  readonly rejectedRowsThreshold: number;
  /** Free bytes of the database below which somebody has to act, while there is still time for it. */
  readonly databaseFreeBytes: number;
  /** Percent of the database's processor that are too much when they last a quarter of an hour. */
  readonly databaseCpuPercent: number;
  /** Open connections of the database, of whomever, that are too many: some 80 % of its `max_connections`. A run opens four. */
  readonly databaseConnections: number;
}

/** The stages that can be deployed. */
export const STAGES = {
  /** Everything of its own, made and removed with one command. */
  desarrollo: {
    region: 'us-east-1',
    terminationProtection: false,
    disposable: true,
    logRetention: RetentionDays.ONE_MONTH,
    memoryMb: 1024,
    timeoutMinutes: 5,
    reserveConcurrency: false,
    tunables: {},
    /** Enough to try whatever is tried here, and to see the retention at work. The five active stores grow by 0.2 GB a month: 1 GB of the disk's 20. */
    historyMonths: 3,
    rejectedRowsThreshold: 100,
    /** RDS enlarges the disk of 20 GB at 10 %, by itself; half of that is left only when it cannot. */
    databaseFreeBytes: 1_000_000_000,
    databaseCpuPercent: 80,
    /** A db.t4g.micro takes some 80. */
    databaseConnections: 65,
  },
  /** Beside the chain's own network and database, of which it creates, changes and deletes nothing. */
  produccion: {
    region: 'us-east-1',
    terminationProtection: true,
    disposable: false,
    logRetention: RetentionDays.THREE_MONTHS,
    memoryMb: 1024,
    timeoutMinutes: 5,
    reserveConcurrency: false,
    tunables: {},
    /**
     * Each of the last twelve months can be compared with the same month a year before, stock and price, and KLK gives neither again. 20
     * warehouses of which 5 % moves in a run grow by 0.9 GB a month (docs/rendimiento.md): two years and the current month are 24 GB.
     */
    historyMonths: 24,
    rejectedRowsThreshold: 100,
    /** Five months of that growth. Whatever else fills the disk does it faster: this leaves a day for 5 GB a day. */
    databaseFreeBytes: 5_000_000_000,
    databaseCpuPercent: 80,
    /** 80 % of what a db.t4g.small takes; the chain's own is larger: set it by `SHOW max_connections`. */
    databaseConnections: 150,
  },
} as const satisfies Record<string, Stage>;
