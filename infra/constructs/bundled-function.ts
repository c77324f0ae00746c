import { join } from 'node:path';
import { Aws, type Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Effect, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  type CfnFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import { LogLevel, NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { entryOf, esbuildOptions, projectRoot } from '../bundling';
import { acknowledge } from './acknowledgements';

/** How functions are built and where their logs go; the same for every function of an API. */
export interface FunctionDefaults {
  /**
   * Processor the functions run on.
   * @default Architecture.ARM_64
   */
  readonly architecture?: Architecture;
  /**
   * Whether source maps go into the zip and stack traces name TypeScript lines.
   * @default false: the zip stays small
   */
  readonly sourceMaps?: boolean;
  /**
   * How long log lines are kept.
   * @default RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: RetentionDays;
  /**
   * What happens to the log groups when the stack is deleted.
   * @default RemovalPolicy.RETAIN
   */
  readonly logRemovalPolicy?: RemovalPolicy;
}

export interface BundledFunctionProps {
  readonly defaults: FunctionDefaults;
  /** Folder under `lambdas/` whose `handler.ts` is the entry. */
  readonly folder: string;
  readonly description: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Megabytes; CPU comes in proportion. */
  readonly memorySize: number;
  readonly timeout: Duration;
}

/**
 * One Lambda of `lambdas/`, bundled by esbuild, with JSON logs in a log group of its own. Its role may write to that log
 * group and nothing else.
 */
export class BundledFunction extends Construct {
  readonly function: NodejsFunction;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: BundledFunctionProps) {
    super(scope, id);
    const {
      architecture = Architecture.ARM_64,
      sourceMaps = false,
      logRetention = RetentionDays.THREE_MONTHS,
      logRemovalPolicy = RemovalPolicy.RETAIN,
    } = props.defaults;

    this.logGroup = new LogGroup(this, 'Logs', {
      retention: logRetention,
      removalPolicy: logRemovalPolicy,
    });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `Writes the log of lambdas/${props.folder} of ${Aws.STACK_NAME}`,
      // Part of the role, not a policy of its own: the function can never start before it may write its log.
      inlinePolicies: {
        WriteLog: new PolicyDocument({
          statements: [
            new PolicyStatement({
              effect: Effect.ALLOW,
              actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              resources: [this.logGroup.logGroupArn],
            }),
          ],
        }),
      },
    });

    this.function = new NodejsFunction(this, 'Function', {
      entry: entryOf(props.folder),
      projectRoot,
      depsLockFilePath: join(projectRoot, 'package-lock.json'),
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture,
      memorySize: props.memorySize,
      timeout: props.timeout,
      role,
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      // Both are what the metric filters and the runbook's queries read.
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      systemLogLevelV2: SystemLogLevel.INFO,
      awsSdkConnectionReuse: false,
      environment: {
        ...props.environment,
        ...(sourceMaps ? { NODE_OPTIONS: '--enable-source-maps' } : {}),
      },
      bundling: {
        format: OutputFormat.CJS,
        target: esbuildOptions.target,
        minify: esbuildOptions.minify,
        sourceMap: sourceMaps,
        externalModules: [],
        logLevel: LogLevel.WARNING,
      },
    });
    // The function names its role, and the role brings its policy along: there is no other order to keep.
    (this.function.node.defaultChild as CfnFunction).addDeletionOverride('DependsOn');
    acknowledge(this, 'Serverless::Serverless-LambdaDLQ', 'Serverless::Serverless-LambdaTracing');
  }
}
