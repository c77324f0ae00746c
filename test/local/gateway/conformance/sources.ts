import type { Source } from './row';

const measured = (cite: string): Source => ({ kind: 'measured', cite });
const GUIDE = 'API Gateway developer guide (docs.aws.amazon.com/apigateway/latest/developerguide)';
const documented = (page: string): Source => ({ kind: 'documented', cite: `${GUIDE}, ${page}, read 2026-11` });

const LOCALSTACK = 'localstack/localstack, tests/aws/services/apigateway';

/** Tests of LocalStack, whose snapshots were recorded on AWS. */
export const localstack = {
  proxyEvent: measured(
    `${LOCALSTACK}/test_apigateway_lambda.py::test_lambda_aws_proxy_integration, recorded 2024-08-02`,
  ),
  dataMapping: measured(
    `${LOCALSTACK}/test_apigateway_lambda.py::test_lambda_aws_proxy_integration_request_data_mapping, recorded 2024-07-22`,
  ),
  proxyAnswer: measured(
    `${LOCALSTACK}/test_apigateway_lambda.py::test_aws_proxy_response_payload_format_validation, recorded 2024-11-15`,
  ),
  binaryAnswer: measured(
    `${LOCALSTACK}/test_apigateway_lambda.py::test_aws_proxy_binary_response, recorded 2025-01-29`,
  ),
  headers: measured(
    `${LOCALSTACK}/test_apigateway_integrations.py::TestApiGatewayHeaderRemapping, recorded 2024-12-11, Regional`,
  ),
  headersOfHttp: measured(
    `${LOCALSTACK}/test_apigateway_integrations.py::TestApiGatewayHeaderRemapping [HTTP_PROXY], recorded 2024-12-11`,
  ),
  routing: measured(`${LOCALSTACK}/test_apigateway_common.py::TestApigatewayRouting, recorded 2024-07-23`),
  doubledSlash: measured('localstack/localstack#11253 and #11304, 2024-08 (AWS-validated test)'),
};

const DOTNET = 'aws/aws-lambda-dotnet, Tools/LambdaTestTool-v2/tests, Snapshots';

/** Answers and events of deployed APIs that the .NET Lambda test tool keeps. */
export const dotnet = {
  answer: (name: string): Source => measured(`${DOTNET}/V1_${name}Rest.json, recorded 2025-04-14`),
  binaryEvent: measured(`${DOTNET}/BinaryContentRest.json, recorded 2025-04-14`),
};

/** Events captured on AWS for hotsock/voker. */
export const voker = {
  event: measured('hotsock/voker, vokerhttp/testdata/apigwv1-request.json, recorded 2026-07-10, us-west-2'),
  paths: measured('hotsock/voker, vokerhttp/testdata/ingress-paths.json, recorded 2026-07, us-west-2'),
};

/** Reports of users of deployed APIs, and probes. */
export const reports = {
  trailingSlash: measured('aws-powertools/powertools-lambda-python#1609, #1552; aws/chalice#65'),
  encodedAt: measured('serverless/serverless#5037, 2018-06-12'),
  encodedSlash: measured('aws/serverless-java-container#621, 2023-08-14'),
  colon: measured('dherault/serverless-offline#265, 2018-02-27'),
  literalWithoutMethod: measured('floci-io/floci#3399, 2026-09-13 (probe in us-west-2)'),
  greedyFallback: measured('ministackorg/ministack#1423, 2026-08 (probe in eu-central-1)'),
  head: measured('dherault/serverless-offline#704'),
  plainPipe: measured('nestjsx/crud#255, 2019-09-11'),
  bodyObject: measured('vincentsarago/lambda-proxy#59, 2022-11-02 (execution log)'),
  nestedContext: measured('dherault/serverless-offline#1376, 2022-04-13'),
  authorizerAnswer: measured('ministackorg/ministack#1367, 2026-08-13'),
  methodArn: measured('dherault/serverless-offline#273, 2017-07-24 (log)'),
  bearerOnUnknownRoute: measured(
    'serverless/serverless#3205, HumanCellAtlas/data-store#328, DataBiosphere/azul#7470 (deployed APIs)',
  ),
  gatewayResponses: measured('ministackorg/ministack#1756, 2026-09-16 (table of measurements)'),
  answerOfSixMegabytes: measured('DataBiosphere/azul#8258'),
};

export const guide = {
  notes: documented('api-gateway-known-issues ("important notes")'),
  proxyIntegrations: documented('set-up-lambda-proxy-integrations'),
  binary: documented('api-gateway-payload-encodings-workflow'),
  authorizers: documented('apigateway-use-lambda-authorizer'),
  authorizerAnswer: documented('api-gateway-lambda-authorizer-output'),
  authorizerEvent: documented('api-gateway-lambda-authorizer-input'),
  identitySources: documented('configure-api-gateway-lambda-authorization'),
  policies: documented('api-gateway-control-access-using-iam-policies-to-invoke-api'),
  gatewayResponses: documented('supported-gateway-response-types'),
  cors: documented('how-to-cors'),
  quotas: documented('api-gateway-execution-service-limits-table'),
  iamWildcards: {
    kind: 'documented',
    cite: 'IAM user guide, reference_policies_elements_resource, read 2026-11',
  } as Source,
  lambdaQuotas: { kind: 'documented', cite: 'Lambda developer guide, gettingstarted-limits, read 2026-11' } as Source,
};
