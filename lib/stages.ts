import { RetentionDays } from 'aws-cdk-lib/aws-logs';

/** The settings of the queries' API and page. */
export interface ConsultasStage {
  /** Of the API's Lambda. It waits for the database most of its time; the processor that comes with the memory shortens cold starts. */
  readonly memoryMb: number;
  /** Of the API's Lambda: a cold start, a statement within the database's limit of 5 s, and a large CSV. API Gateway waits 30 s. */
  readonly timeoutSeconds: number;
  /** Requests that API Gateway lets through: the mean, and how many at once. */
  readonly requestsPerSecond: number;
  readonly burst: number;
  /** Executions of the Lambda reserved, and so connections at most, when the stage reserves concurrency. */
  readonly concurrency: number;
  /** Whether every user of the Cognito pool needs a second factor, or may have one. */
  readonly secondFactor: 'opcional' | 'obligatorio';
  /** Hours after which a reader must log in again, and a removed user can no longer read. */
  readonly sessionHours: number;
  /** Alarm threshold: milliseconds of the slowest twentieth of the answers. */
  readonly slowMs: number;
}

/** The settings of a stage. Secrets, ids and addresses come from the context (`context.ts`). */
export interface Stage {
  /** The region of the stage; the account is that of the deployment. */
  readonly region: string;
  /** Refuse `cdk destroy`. */
  readonly terminationProtection: boolean;
  /** Logs go when the stack goes. */
  readonly disposable: boolean;
  readonly logRetention: RetentionDays;
  /**
   * Of the inventory Lambda: at least `memoryNeededMb`, for the worst answers that the limits admit. An ordinary run holds 170 MB, with 20
   * warehouses or 200 (docs/rendimiento.md). AWS gives processor time in proportion to memory: 1,769 MB are one processor.
   */
  readonly memoryMb: number;
  /**
   * Of the inventory Lambda. With a KLK that takes 2 s for an answer a run of 20 warehouses takes 15 s (docs/rendimiento.md), and one of
   * 200 some 140 s. 5 minutes are twice that, and far less than the interval, so that a hanging run never overlaps the next one.
   */
  readonly timeoutMinutes: number;
  /** Of the sales Lambda: at least `memoryNeededVentasMb`. */
  readonly ventasMemoryMb: number;
  /**
   * Of the sales Lambda. A usual run reads the current hour of every store in seconds, and uses the rest of its time for missing days: the longer,
   * the sooner a backfill ends. 14 minutes end before the inventory's next run starts.
   */
  readonly ventasTimeoutMinutes: number;
  /**
   * The first day whose sales are wanted, `YYYY-MM-DD`; undefined: the last seven days. Runs backfill whatever is missing since then. A month of 20 stores
   * with 12,000 lines a day needs 2.3 GB of the database, of five stores 0.6 GB.
   */
  readonly ventasDesde: string | undefined;
  /** Reserve one execution for each pipeline's Lambda. Off: accounts with a small quota refuse any reservation. */
  readonly reserveConcurrency: boolean;
  /** Limits and thresholds of docs/configuration.md that differ from their defaults, as `KLK_TIMEOUT_MS`. */
  readonly tunables: Readonly<Record<string, string>>;
  /** Months of history to keep; older ones are dropped daily. Undefined keeps everything. A permanent stage derives it from its growth. */
  readonly historyMonths: number | undefined;
  /** Alarm threshold: rejected rows in one run. */
  readonly rejectedRowsThreshold: number;
  /** Alarm threshold: free bytes of the database, early enough to act. */
  readonly databaseFreeBytes: number;
  /** Alarm threshold: percent of the database's processor over a quarter of an hour. */
  readonly databaseCpuPercent: number;
  /** Alarm threshold: open connections of the database, some 80 % of its `max_connections`. A run opens four, and runs of both pipelines may overlap. */
  readonly databaseConnections: number;
  readonly consultas: ConsultasStage;
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
    ventasMemoryMb: 1024,
    ventasTimeoutMinutes: 14,
    /** The last seven days are enough to try everything, closing a day included. */
    ventasDesde: undefined,
    reserveConcurrency: false,
    tunables: {},
    /** Short, so that the retention is exercised. The five active stores grow by 0.2 GB a month: 1 GB of the disk's 20. */
    historyMonths: 3,
    rejectedRowsThreshold: 100,
    /** RDS enlarges the disk of 20 GB when 10 % are left; half of that is left only when it cannot. */
    databaseFreeBytes: 1_000_000_000,
    databaseCpuPercent: 80,
    /** A db.t4g.micro accepts some 80. */
    databaseConnections: 65,
    consultas: {
      memoryMb: 1024,
      timeoutSeconds: 20,
      requestsPerSecond: 10,
      burst: 20,
      concurrency: 10,
      secondFactor: 'opcional',
      sessionHours: 8,
      slowMs: 2_000,
    },
  },
  /** In the chain's existing network and database, which it does not create, change or delete. */
  produccion: {
    region: 'us-east-1',
    terminationProtection: true,
    disposable: false,
    logRetention: RetentionDays.THREE_MONTHS,
    memoryMb: 1024,
    timeoutMinutes: 5,
    ventasMemoryMb: 1024,
    ventasTimeoutMinutes: 14,
    /** A year, so that every month can be compared with the year before: 28 GB with 20 stores, 7 GB with five. */
    ventasDesde: '2025-11-01',
    reserveConcurrency: false,
    tunables: {},
    /**
     * Two years, so that each of the last twelve months can be compared with the year before: KLK has no history. 20 warehouses of which
     * 5 % changes in a run grow by 1 GB a month (docs/rendimiento.md): two years and the current month are 25 GB.
     */
    historyMonths: 24,
    rejectedRowsThreshold: 100,
    /** Six weeks of that growth and of the sales' together. A fault may fill the disk faster: this leaves a day at 5 GB a day. */
    databaseFreeBytes: 5_000_000_000,
    databaseCpuPercent: 80,
    /** 80 % of a db.t4g.small's limit. The chain's own database is larger: set it by `SHOW max_connections`. */
    databaseConnections: 150,
    consultas: {
      memoryMb: 1024,
      timeoutSeconds: 20,
      /** 40 readers who open a page, which asks four questions, in the same 8 seconds. */
      requestsPerSecond: 20,
      burst: 40,
      concurrency: 20,
      secondFactor: 'obligatorio',
      /** A working day. */
      sessionHours: 8,
      slowMs: 2_000,
    },
  },
} as const satisfies Record<string, Stage>;
