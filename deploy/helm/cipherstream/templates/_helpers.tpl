{{- define "cipherstream.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "cipherstream.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "cipherstream.labels" -}}
{{ include "cipherstream.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{/* The appliance's configuration: what the chart mounts, under what the values say. */}}
{{- define "cipherstream.config" -}}
{{- $name := include "cipherstream.name" . }}
{{- $models := list "/usr/lib/cipherstream/deploy/models" }}
{{- if .Values.models.claimName }}{{ $models = list "/models" "/usr/lib/cipherstream/deploy/models" }}{{ end }}
{{- $own := dict
  "dataDirectory" "/var/lib/cipherstream"
  "modelDirectories" $models
  "bind" (dict "host" "0.0.0.0" "port" 8443 "healthHost" "0.0.0.0" "healthPort" 8444 "adminPort" 8445) }}
{{- if .Values.tls.secretName }}
{{- $_ := set $own "tls" (dict "mode" "FILES" "certificate" "/etc/cipherstream-tls/tls.crt" "key" "/etc/cipherstream-tls/tls.key") }}
{{- else }}
{{- $hosts := list "localhost" "127.0.0.1" $name (printf "%s.%s.svc" $name .Release.Namespace) }}
{{- range $i := until (int .Values.replicas) }}
{{- $hosts = append $hosts (printf "%s-%d.%s-each.%s.svc" $name $i $name $.Release.Namespace) }}
{{- end }}
{{- $_ := set $own "tls" (dict "mode" "SELF_SIGNED" "hostNames" (concat $hosts .Values.tls.hostNames)) }}
{{- end }}
{{- if .Values.tenants.secretName }}
{{- $_ := set $own "tenantsFile" "/etc/cipherstream-tenants/tenants.json" }}
{{- else }}
{{- $_ := set $own "generateApiKey" true }}
{{- end }}
{{- if .Values.cluster.enabled }}
{{- $nodes := list }}
{{- range $i := until (int .Values.replicas) }}
{{- $pod := printf "%s-%d" $name $i }}
{{- $nodes = append $nodes (dict "name" $pod "host" (printf "%s.%s-each.%s.svc" $pod $name $.Release.Namespace) "port" 7443) }}
{{- end }}
{{- /* Which of them a pod is, it learns from its environment. */}}
{{- $folder := "/etc/cipherstream-cluster" }}
{{- $_ := set $own "cluster" (dict "nodes" $nodes
  "certificate" (printf "%s/node.pem" $folder) "key" (printf "%s/node.key" $folder) "authority" (printf "%s/authority.pem" $folder)) }}
{{- end }}
{{- mergeOverwrite $own (deepCopy .Values.config) | toYaml }}
{{- end }}
