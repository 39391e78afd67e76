ended=$(date -u +%Y-%m-%dT%H:%M:%SZ)
trap - EXIT
back

# The metrics of the last minutes arrive up to three minutes late.
sleep 180
aws cloudwatch get-metric-data --start-time "$began" --end-time "$ended" \
  --scan-by TimestampAscending --metric-data-queries "$QUERIES" > metrics.json
metric-advisor advise --load ./*tasks-*rps.*.json --metrics metrics.json
