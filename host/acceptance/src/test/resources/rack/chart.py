"""Renders a Helm chart and checks what comes out: chart.py CHART VALUES…, each JSON. Prints one JSON object a line for each.

Helm's own library lints, checks the values and renders; Kubernetes' published schemas check the documents, strictly.
"""

import json
import sys

import kubernetes_validate
import yaml
from helm_python import Chart
from helm_python.chart import lint
from helm_python.errors import HelmError

KUBERNETES = "1.37"
WARNING = 2
# Of operators, which Kubernetes has no schema of.
OTHERS = {"ServiceMonitor", "ServingRuntime"}


def unknown(value, kind, path):
    """Members of a KServe object that its own client library does not know, by their paths."""
    import kserve  # which takes seconds, and is needed for one kind of document

    model = getattr(kserve, kind, None)
    if kind.startswith("list["):
        return [fault for i, each in enumerate(value) for fault in unknown(each, kind[5:-1], f"{path}[{i}]")]
    if model is None or not isinstance(value, dict):
        return []
    members = {model.attribute_map[name]: kind for name, kind in model.openapi_types.items()}
    faults = [f"{path}.{name} is not known" for name in value if name not in members]
    for name, each in value.items():
        faults += unknown(each, members.get(name, ""), f"{path}.{name}")
    return faults


def as_pod(runtime):
    """What a serving runtime makes pods of, as a pod."""
    spec = {"containers": runtime["spec"]["containers"], "volumes": runtime["spec"]["volumes"]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "runtime"}, "spec": spec}


def rendered(folder, values):
    """What comes of the chart with those values."""
    result = {"lint": [], "documents": [], "faults": []}
    report = lint(folder, values, strict=True)
    result["lint"] = report["errors"] + [each["error"] for each in report["messages"] if each["severity"] >= WARNING]
    try:
        with Chart.load(folder) as chart:
            chart.validate_schema(values)
            texts = chart.render(values, name="r", namespace="n")
    except HelmError as e:
        return {"refused": str(e)}
    for name, text in texts.items():
        if not name.endswith(".yaml"):
            continue
        for document in yaml.safe_load_all(text):
            if document is None:
                continue
            result["documents"].append(document)
            checked = document
            if document["kind"] == "ServingRuntime":
                result["faults"] += unknown(document, "V1alpha1ServingRuntime", name)
                checked = as_pod(document)
            if checked["kind"] not in OTHERS:
                try:
                    kubernetes_validate.validate(checked, KUBERNETES, strict=True)
                except kubernetes_validate.ValidationError as e:
                    result["faults"].append(f"{name}: {e.message}")
    return result


for each in sys.argv[2:]:
    print(json.dumps(rendered(sys.argv[1], json.loads(each))))
