"""Has parliament judge every policy of the templates of one stage, and says what it found.

Arguments: the templates. Ends with status 1 where there is a finding that JUSTIFIED does not name, or where there is no
policy at all. References become ARNs of the right form: parliament compares what actions take with what they are given.
"""

import json
import re
import sys

import parliament

ACCOUNT, REGION = "123456789012", "eu-central-1"
PSEUDO = {"AWS::AccountId": ACCOUNT, "AWS::Region": REGION, "AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com"}
IN_STAGE = "arn:aws:{}:" + f"{REGION}:{ACCOUNT}" + ":{}"
ARNS = {
    "AWS::DynamoDB::Table": IN_STAGE.format("dynamodb", "table/{}"),
    "AWS::S3::Bucket": "arn:aws:s3:::{}",
    "AWS::KMS::Key": IN_STAGE.format("kms", "key/{}"),
    "AWS::Lambda::Function": IN_STAGE.format("lambda", "function:{}"),
    "AWS::Logs::LogGroup": IN_STAGE.format("logs", "log-group:{}:*"),
    "AWS::SQS::Queue": IN_STAGE.format("sqs", "{}"),
    "AWS::SNS::Topic": IN_STAGE.format("sns", "{}"),
    "AWS::ECR::Repository": IN_STAGE.format("ecr", "repository/{}"),
    "AWS::IAM::Role": f"arn:aws:iam::{ACCOUNT}:role/{{}}",
    "AWS::SecretsManager::Secret": IN_STAGE.format("secretsmanager", "secret:{}"),
    "AWS::StepFunctions::StateMachine": IN_STAGE.format("states", "stateMachine:{}"),
}
# What CloudFormation's Ref gives as an ARN already.
ARN_BY_REF = ("AWS::SecretsManager::Secret", "AWS::StepFunctions::StateMachine", "AWS::SNS::Topic")
# Where a type has a policy of its own: one that says who, and not only what.
OF_RESOURCES = {
    "AWS::KMS::Key": "KeyPolicy",
    "AWS::S3::BucketPolicy": "PolicyDocument",
    "AWS::SQS::QueuePolicy": "PolicyDocument",
    "AWS::SNS::TopicPolicy": "PolicyDocument",
}
# Finding, pattern of the action or statement, why it stays.
JUSTIFIED = (
    ("RESOURCE_STAR", r"^Key", "In a key's own policy `*` is that key."),
    ("MISMATCHED_TYPE", r"^Key.*ArnLike", "What an encryption context holds has no type; of log groups it is their ARN."),
    ("UNKNOWN_CONDITION_FOR_ACTION", r"lambda:InvokedViaFunctionUrl", "AWS has it since October 2025, parliament does not know it."),
    ("RESOURCE_MISMATCH", r"bedrock:InvokeModel", "A call of a model is about one of these types; parliament wants all of them."),
    ("RESOURCE_STAR", r"^(Sandboxes|Apps).*'ec2:\w+NetworkInterface'", "Interfaces have no names before they exist; user code is denied them."),
)


class Stage:
    def __init__(self, templates):
        self.templates = templates
        self.exports = {
            json.dumps(output["Export"]["Name"]): (template, output["Value"])
            for template in templates
            for output in template.get("Outputs", {}).values()
            if "Export" in output
        }

    def resolve(self, template, value):
        if isinstance(value, list):
            return [self.resolve(template, one) for one in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((name, argument),) = value.items()
            if name == "Ref":
                return PSEUDO.get(argument) or self.named(template, argument, by_ref=True)
            if name == "Fn::GetAtt" and argument[1] == "Arn":
                return self.named(template, argument[0], by_ref=False)
            if name == "Fn::ImportValue":
                return self.resolve(*self.exports[json.dumps(argument)])
            if name == "Fn::Join":
                return argument[0].join(str(one) for one in self.resolve(template, argument[1]))
        return {key: self.resolve(template, one) for key, one in value.items()}

    def named(self, template, logical_id, by_ref):
        kind = template["Resources"].get(logical_id, {}).get("Type")
        arn = kind in ARN_BY_REF or not by_ref
        name = logical_id.lower() if kind == "AWS::S3::Bucket" else logical_id
        if kind == "AWS::KMS::Key":
            name = "8f1e2d3c-0000-4000-8000-000000000000"
        return ARNS[kind].format(name) if arn and kind in ARNS else name

    def policies(self):
        """Where, and what, and whether it says who."""
        for template in self.templates:
            for logical_id, resource in template["Resources"].items():
                kind, properties = resource["Type"], resource.get("Properties", {})
                found = []
                if kind == "AWS::IAM::Role":
                    found = [(one["PolicyDocument"], False) for one in properties.get("Policies", [])]
                elif kind in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
                    found = [(properties["PolicyDocument"], False)]
                elif kind in OF_RESOURCES:
                    found = [(properties[OF_RESOURCES[kind]], True)]
                for document, says_who in found:
                    yield logical_id, self.resolve(template, document), says_who


def without_principals(document):
    """parliament reads policies of identities: of others it is asked about all but who they are for."""
    statements = [{key: one[key] for key in one if key != "Principal"} for one in document["Statement"]]
    return {**document, "Statement": statements}


def main():
    stage = Stage([json.load(open(file, encoding="utf-8")) for file in sys.argv[1:]])
    judged, found = 0, []
    for where, document, says_who in stage.policies():
        judged += 1
        text = json.dumps(without_principals(document) if says_who else document)
        for finding in parliament.analyze_policy_string(text).findings:
            finding = parliament.enhance_finding(finding)
            line = f"{where}: {finding.severity} {finding.issue}: {finding.detail}"
            if not any(issue == finding.issue and re.search(pattern, line) for issue, pattern, _ in JUSTIFIED):
                found.append(line)
    for line in found:
        print(line)
    if not found and judged > 0:
        print(f"{judged} policies are clean")
    if judged == 0:
        print("There is no policy in these templates.")
    sys.exit(1 if found or judged == 0 else 0)


if __name__ == "__main__":
    main()
