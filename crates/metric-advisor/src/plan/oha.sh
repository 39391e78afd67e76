level() { # TASKS RATE CONNECTIONS
  local file
  file="$(date -u +%Y%m%dT%H%M%SZ)-$1tasks-$2rps.oha.json"
  echo "$file" >&2
  oha --no-tui --latency-correction -w -t 30s -z "$HOLD" -q "$2" -c "$3" \
    --output-format json --output "$file" "$URL"
}
