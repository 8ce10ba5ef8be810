"""X-Ray traces of the functions and the API, on or off."""

from deploy.package.organisation.parts import FUNCTION, Template, allow, give, of_type, role_of

_NAME, _IS_ON = "Tracing", "HasTracing"
_API = "AWS::Serverless::Api"


def apply(template: Template) -> None:
    """Trace, where that is asked for. PassThrough is Lambda's default: a function follows whoever calls it."""
    template["Parameters"][_NAME] = {
        "Type": "String",
        "Default": "PassThrough",
        "AllowedValues": ["PassThrough", "Active"],
        "Description": "Active has X-Ray trace a part of the functions' runs and of the API's requests.",
    }
    template["Conditions"][_IS_ON] = {"Fn::Equals": [{"Ref": _NAME}, "Active"]}
    functions = of_type(template, FUNCTION).values()
    for function in functions:
        function["Properties"]["Tracing"] = {"Ref": _NAME}
    for api in of_type(template, _API).values():
        api["Properties"]["TracingEnabled"] = {"Fn::If": [_IS_ON, True, False]}
    # lambda/latest/dg/services-xray.html; X-Ray knows no narrower resource.
    write = allow("WriteTraces", ["xray:PutTelemetryRecords", "xray:PutTraceSegments"], "*")
    give(template, "WriteTraces", map(role_of, functions), [write], _IS_ON)
