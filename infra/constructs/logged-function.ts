import { Aws, type Duration, RemovalPolicy, Token } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { Effect, ManagedPolicy, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  ApplicationLogLevel,
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { MAX_ENVIRONMENT_BYTES } from '../lambda-quotas';
import { type CodeFile, withCode } from './code-asset';

/** How functions are built and where their logs go. */
export interface FunctionDefaults {
  /**
   * Processor the functions run on.
   * @default Architecture.ARM_64
   */
  readonly architecture?: Architecture;
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
  /**
   * KMS key that encrypts the log groups. Its policy must allow CloudWatch Logs to use it.
   * @default none: CloudWatch Logs encrypts them with a key of its own
   */
  readonly logEncryptionKey?: IKey;
}

export interface LoggedFunctionProps extends FunctionDefaults {
  /** The function's code, or its files. */
  readonly code: Code | readonly CodeFile[];
  /** @default 'index.handler' */
  readonly handler?: string;
  /** @default Runtime.NODEJS_24_X */
  readonly runtime?: Runtime;
  readonly description: string;
  /** What the role's description calls the function. */
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Megabytes; CPU comes in proportion. */
  readonly memorySize: number;
  readonly timeout: Duration;
  /** @default none: outside any VPC */
  readonly network?: FunctionNetwork;
  /** @default none: the account's unreserved concurrency */
  readonly reservedConcurrency?: number;
  /**
   * From which level on Lambda writes lines of its own into the log.
   * @default SystemLogLevel.INFO: two lines for each invocation
   */
  readonly systemLogLevel?: SystemLogLevel;
}

/** Where in a VPC a function runs. */
export interface FunctionNetwork {
  readonly vpc: IVpc;
  readonly vpcSubnets?: SubnetSelection;
  readonly securityGroups?: ISecurityGroup[];
}

/** What Lambda needs to attach a function to a VPC, as AWS documents it. */
const VPC_ACCESS = 'service-role/AWSLambdaVPCAccessExecutionRole';

/**
 * A function with JSON logs in a log group of its own. Its role may write to that log group and nothing else; in a VPC
 * it may also manage the function's network interfaces.
 */
export class LoggedFunction extends Construct {
  readonly function: LambdaFunction;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: LoggedFunctionProps) {
    super(scope, id);
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: props.logRetention ?? RetentionDays.THREE_MONTHS,
      removalPolicy: props.logRemovalPolicy ?? RemovalPolicy.RETAIN,
      ...(props.logEncryptionKey && { encryptionKey: props.logEncryptionKey }),
    });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `Writes the log of ${props.name} of ${Aws.STACK_NAME}`,
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
    if (props.network) role.addManagedPolicy(ManagedPolicy.fromAwsManagedPolicyName(VPC_ACCESS));
    const { code: given } = props;
    const hasSourceMap = !(given instanceof Code) && given.some(({ name }) => name.endsWith('.map'));
    this.function = withCode(
      given,
      (code) =>
        new LambdaFunction(this, 'Function', {
          code,
          handler: props.handler ?? 'index.handler',
          description: props.description,
          runtime: props.runtime ?? Runtime.NODEJS_24_X,
          architecture: props.architecture ?? Architecture.ARM_64,
          memorySize: props.memorySize,
          timeout: props.timeout,
          ...props.network,
          ...(props.reservedConcurrency === undefined
            ? {}
            : { reservedConcurrentExecutions: props.reservedConcurrency }),
          role,
          logGroup: this.logGroup,
          loggingFormat: LoggingFormat.JSON,
          applicationLogLevelV2: ApplicationLogLevel.INFO,
          systemLogLevelV2: props.systemLogLevel ?? SystemLogLevel.INFO,
          environment: { ...props.environment, ...(hasSourceMap ? { NODE_OPTIONS: '--enable-source-maps' } : {}) },
        }),
    );
    this.node.addValidation({ validate: () => environmentProblems(props) });
  }
}

/**
 * What Lambda would refuse at deployment. It measures the JSON
 * (https://github.com/github-aws-runners/terraform-aws-github-runner/issues/3594). Values known only then are not counted.
 */
function environmentProblems({ environment, name }: LoggedFunctionProps): string[] {
  const known = Object.entries(environment).filter(([, value]) => !Token.isUnresolved(value));
  const bytes = Buffer.byteLength(JSON.stringify(Object.fromEntries(known)));
  if (bytes <= MAX_ENVIRONMENT_BYTES) return [];
  const [longest] = known.sort(([, a], [, b]) => b.length - a.length).map(([variable]) => variable);
  return [
    `The environment of ${name} has ${bytes} bytes, of which most are ${longest}: Lambda takes ${MAX_ENVIRONMENT_BYTES} ` +
      'in all.',
  ];
}

/** What of some props concerns a function. */
export function functionDefaults(props: FunctionDefaults): FunctionDefaults {
  const { architecture, logRetention, logRemovalPolicy, logEncryptionKey } = props;
  return {
    ...(architecture && { architecture }),
    ...(logRetention && { logRetention }),
    ...(logRemovalPolicy && { logRemovalPolicy }),
    ...(logEncryptionKey && { logEncryptionKey }),
  };
}
