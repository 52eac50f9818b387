"""Renders a Helm chart and checks what comes out: chart.py CHART VALUES, where VALUES is JSON. Prints one JSON object.

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
OTHERS = {"ServiceMonitor"}


def main():
    folder, values = sys.argv[1], json.loads(sys.argv[2])
    result = {"lint": [], "documents": [], "faults": []}
    report = lint(folder, values, strict=True)
    result["lint"] = report["errors"] + [each["error"] for each in report["messages"] if each["severity"] >= WARNING]
    try:
        with Chart.load(folder) as chart:
            chart.validate_schema(values)
            rendered = chart.render(values, name="r", namespace="n")
    except HelmError as e:
        print(json.dumps({"refused": str(e)}))
        return
    for name, text in rendered.items():
        if not name.endswith(".yaml"):
            continue
        for document in yaml.safe_load_all(text):
            if document is None:
                continue
            result["documents"].append(document)
            if document["kind"] not in OTHERS:
                try:
                    kubernetes_validate.validate(document, KUBERNETES, strict=True)
                except kubernetes_validate.ValidationError as e:
                    result["faults"].append(f"{name}: {e.message}")
    print(json.dumps(result))


main()
