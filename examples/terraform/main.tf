# An API behind AuthAction tokens. authorizer/ holds index.js of authorizer.zip and routes.json.
terraform {
  required_providers {
    archive = { source = "hashicorp/archive" }
    aws     = { source = "hashicorp/aws" }
  }
}

variable "domain" {
  description = "Your AuthAction tenant's domain, such as tenant.eu.authaction.com"
  type        = string
}

variable "audience" {
  description = "Identifier of the API at AuthAction; several are separated by commas"
  type        = string
}

variable "orders_invoke_arn" {
  description = "Invoke ARN of the function behind /orders"
  type        = string
}

locals {
  # The same routes as in authorizer/routes.json: one source for the API's methods and the authorizer.
  routes = { for route in jsondecode(file("${path.module}/authorizer/routes.json")) : "${route.method} ${route.path}" => route }
  unavailable = jsonencode({
    error   = "Service Unavailable"
    message = "Access tokens cannot be checked at the moment, try again shortly"
  })
  gateway_responses = {
    UNAUTHORIZED = {
      status  = 401
      headers = { "WWW-Authenticate" = "'Bearer'" }
      body    = jsonencode({ error = "Unauthorized", message = "Missing or invalid access token" })
    }
    ACCESS_DENIED = {
      status  = 403
      headers = { "WWW-Authenticate" = "'Bearer error=\"insufficient_scope\"'" }
      body    = jsonencode({ error = "Forbidden", message = "The access token does not allow this request" })
    }
    # The authorizer fails while the provider's keys are unavailable: an outage must not log users out.
    AUTHORIZER_FAILURE             = { status = 503, headers = { "Retry-After" = "'5'" }, body = local.unavailable }
    AUTHORIZER_CONFIGURATION_ERROR = { status = 503, headers = { "Retry-After" = "'5'" }, body = local.unavailable }
  }
}

# The authorizer.

data "archive_file" "authorizer" {
  type        = "zip"
  source_dir  = "${path.module}/authorizer"
  output_path = "${path.module}/build/authorizer.zip"
}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "authorizer" {
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

resource "aws_iam_role_policy_attachment" "authorizer" {
  role       = aws_iam_role.authorizer.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_lambda_function" "authorizer" {
  function_name    = "authaction-authorizer"
  description      = "Decides on access tokens for API Gateway"
  role             = aws_iam_role.authorizer.arn
  filename         = data.archive_file.authorizer.output_path
  source_code_hash = data.archive_file.authorizer.output_base64sha256
  runtime          = "nodejs24.x"
  handler          = "index.handler"
  architectures    = ["arm64"]
  memory_size      = 512
  timeout          = 8

  environment {
    variables = {
      AUTHACTION_DOMAIN   = var.domain
      AUTHACTION_AUDIENCE = var.audience
    }
  }

  logging_config {
    log_format = "JSON" # what metric filters and queries of docs/operations.md read
  }
}

resource "aws_api_gateway_authorizer" "authaction" {
  name                             = "authaction"
  rest_api_id                      = aws_api_gateway_rest_api.api.id
  type                             = "REQUEST"
  identity_source                  = "method.request.header.Authorization"
  authorizer_uri                   = aws_lambda_function.authorizer.invoke_arn
  authorizer_result_ttl_in_seconds = 300
}

resource "aws_lambda_permission" "authorizer" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.authorizer.function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.api.execution_arn}/authorizers/${aws_api_gateway_authorizer.authaction.id}"
}

resource "aws_api_gateway_gateway_response" "authaction" {
  for_each            = local.gateway_responses
  rest_api_id         = aws_api_gateway_rest_api.api.id
  response_type       = each.key
  status_code         = each.value.status
  response_parameters = { for name, value in each.value.headers : "gatewayresponse.header.${name}" => value }
  response_templates  = { "application/json" = each.value.body }
}

# The API.

resource "aws_api_gateway_rest_api" "api" {
  name = "orders"
}

resource "aws_api_gateway_resource" "orders" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  parent_id   = aws_api_gateway_rest_api.api.root_resource_id
  path_part   = "orders"
}

resource "aws_api_gateway_method" "orders" {
  for_each      = local.routes
  rest_api_id   = aws_api_gateway_rest_api.api.id
  resource_id   = aws_api_gateway_resource.orders.id
  http_method   = each.value.method
  authorization = "CUSTOM"
  authorizer_id = aws_api_gateway_authorizer.authaction.id
}

resource "aws_api_gateway_integration" "orders" {
  for_each                = aws_api_gateway_method.orders
  rest_api_id             = aws_api_gateway_rest_api.api.id
  resource_id             = aws_api_gateway_resource.orders.id
  http_method             = each.value.http_method
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = var.orders_invoke_arn
}

# A changed table, authorizer or response reaches the stage only with a new deployment.
resource "aws_api_gateway_deployment" "api" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  triggers = {
    content = sha256(jsonencode([
      local.routes,
      local.gateway_responses,
      aws_api_gateway_authorizer.authaction,
      aws_api_gateway_integration.orders,
    ]))
  }
  depends_on = [aws_api_gateway_gateway_response.authaction]
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_stage" "prod" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  deployment_id = aws_api_gateway_deployment.api.id
  stage_name    = "prod"
}

output "api_url" {
  value = aws_api_gateway_stage.prod.invoke_url
}
