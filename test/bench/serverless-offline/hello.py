import json


def hello(event, context):
    name = json.loads(event["body"])["name"]
    print("hello", name)
    return {"statusCode": 200, "body": json.dumps({"hello": name})}
