import { RetentionDays } from 'aws-cdk-lib/aws-logs';

/** The settings of the queries' API and page. */
export interface ConsultasStage {
  /** Of the API's Lambda. Most of the time it waits for the database; more memory brings more processor time and shorter cold starts. */
  readonly memoryMb: number;
  /** Of the API's Lambda: enough for a cold start, a statement of at most 5 s, and a large CSV. API Gateway waits 30 s. */
  readonly timeoutSeconds: number;
  /** Requests that API Gateway accepts: the rate, and the burst above it. */
  readonly requestsPerSecond: number;
  readonly burst: number;
  /** Executions reserved for the Lambda when the stage reserves concurrency. Each has one connection at most. */
  readonly concurrency: number;
  /** Whether users of the Cognito pool must have a second factor, or may. */
  readonly secondFactor: 'opcional' | 'obligatorio';
  /** Hours after which a reader must log in again. A removed user can read until then. */
  readonly sessionHours: number;
  /** Alarm threshold: the 95th percentile of the API's latency, in milliseconds. */
  readonly slowMs: number;
}

/** The settings of a stage. Secrets, ids and addresses come from the context (`context.ts`). */
export interface Stage {
  /** The region of the stage; the account is that of the deployment. */
  readonly region: string;
  /** Whether `cdk destroy` is refused. */
  readonly terminationProtection: boolean;
  /** Whether logs are deleted with the stack. */
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
  /** Whether one execution is reserved for each pipeline's Lambda. Accounts with a small quota refuse any reservation. */
  readonly reserveConcurrency: boolean;
  /** Limits and thresholds of docs/configuration.md that differ from their defaults, as `KLK_TIMEOUT_MS`. */
  readonly tunables: Readonly<Record<string, string>>;
  /** Months of history to keep; older months are dropped daily. Undefined keeps everything. */
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
  /** Creates everything it needs; one command deploys it and one removes it. */
  desarrollo: {
    region: 'us-east-1',
    terminationProtection: false,
    disposable: true,
    logRetention: RetentionDays.ONE_MONTH,
    memoryMb: 1024,
    timeoutMinutes: 5,
    ventasMemoryMb: 1024,
    ventasTimeoutMinutes: 14,
    /** The last seven days are enough to try everything, also how a day is closed. */
    ventasDesde: undefined,
    reserveConcurrency: false,
    tunables: {},
    /** Short, so that the retention is exercised. The five active stores grow by 0.2 GB a month: 1 GB of the disk's 20. */
    historyMonths: 3,
    rejectedRowsThreshold: 100,
    /** Half of the 10 % of 20 GB at which RDS enlarges the disk: less is left only if it cannot. */
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
  /** Uses the chain's network and database, and does not create, change or delete them. */
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
