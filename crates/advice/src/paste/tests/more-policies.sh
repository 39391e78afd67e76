STACK=ecs-tide

TOPIC=$(aws cloudformation describe-stacks \
  --stack-name "$STACK" \
  --query "Stacks[0].Outputs[?OutputKey=='ScalingTopicArn'].OutputValue" \
  --output text)

aws cloudwatch put-metric-alarm \
  --alarm-actions "$TOPIC" \
  --cli-input-json '{
  "AlarmName": "web-busy",
  "Metrics": [
    {
      "Id": "load",
      "Label": "cpu",
      "MetricStat": {
        "Metric": {
          "Namespace": "AWS/ECS",
          "MetricName": "CPUUtilization",
          "Dimensions": [
            {
              "Name": "ClusterName",
              "Value": "demo"
            },
            {
              "Name": "ServiceName",
              "Value": "web"
            }
          ]
        },
        "Period": 60,
        "Stat": "Average"
      },
      "ReturnData": true
    }
  ],
  "EvaluationPeriods": 2,
  "ComparisonOperator": "GreaterThanOrEqualToThreshold",
  "Threshold": 61.3,
  "TreatMissingData": "missing"
}'

aws cloudwatch put-metric-alarm \
  --alarm-actions "$TOPIC" \
  --cli-input-json '{
  "AlarmName": "web-idle",
  "Metrics": [
    {
      "Id": "load",
      "Label": "cpu",
      "MetricStat": {
        "Metric": {
          "Namespace": "AWS/ECS",
          "MetricName": "CPUUtilization",
          "Dimensions": [
            {
              "Name": "ClusterName",
              "Value": "demo"
            },
            {
              "Name": "ServiceName",
              "Value": "web"
            }
          ]
        },
        "Period": 60,
        "Stat": "Average"
      },
      "ReturnData": true
    }
  ],
  "EvaluationPeriods": 10,
  "ComparisonOperator": "LessThanOrEqualToThreshold",
  "Threshold": 24.5,
  "TreatMissingData": "missing"
}'

make deploy ARGS="--parameter ServiceScaling=off \
  --parameter AdditionalPolicies='{Policies: [{AdjustmentType: PercentChangeInCapacity, Alarm: web-busy, MaxCapacity: 20, MinAdjustmentMagnitude: 1, MinCapacity: 2, ResourceId: service/demo/web, ScaleInCooldown: 300, ScaleOutCooldown: 60, StepAdjustments: [{MetricIntervalLowerBound: 0.0, MetricIntervalUpperBound: 6.13, ScalingAdjustment: 10}, {MetricIntervalLowerBound: 6.13, MetricIntervalUpperBound: 30.6, ScalingAdjustment: 50}, {MetricIntervalLowerBound: 30.6, ScalingAdjustment: 100}]}, {AdjustmentType: PercentChangeInCapacity, Alarm: web-idle, MaxCapacity: 20, MinAdjustmentMagnitude: 1, MinCapacity: 2, ResourceId: service/demo/web, ScaleInCooldown: 300, ScaleOutCooldown: 60, StepAdjustments: [{MetricIntervalUpperBound: 0.0, ScalingAdjustment: -10}]}]}'"
