TOPIC=$(aws cloudformation describe-stacks \
  --stack-name ecs-tide \
  --query "Stacks[0].Outputs[?OutputKey=='ScalingTopicArn'].OutputValue" \
  --output text)

aws ssm put-parameter \
  --name /ecs-tide/targets/service/demo/web \
  --type String \
  --value '{
  "Policies": [
    {
      "Alarm": "web-busy",
      "ResourceId": "service/demo/web",
      "MinCapacity": 2,
      "MaxCapacity": 20,
      "AdjustmentType": "PercentChangeInCapacity",
      "MinAdjustmentMagnitude": 1,
      "StepAdjustments": [
        {
          "MetricIntervalLowerBound": 0.0,
          "MetricIntervalUpperBound": 6.13,
          "ScalingAdjustment": 10
        },
        {
          "MetricIntervalLowerBound": 6.13,
          "MetricIntervalUpperBound": 30.6,
          "ScalingAdjustment": 50
        },
        {
          "MetricIntervalLowerBound": 30.6,
          "ScalingAdjustment": 100
        }
      ],
      "ScaleOutCooldown": 60,
      "ScaleInCooldown": 300
    },
    {
      "Alarm": "web-idle",
      "ResourceId": "service/demo/web",
      "MinCapacity": 2,
      "MaxCapacity": 20,
      "AdjustmentType": "PercentChangeInCapacity",
      "MinAdjustmentMagnitude": 1,
      "StepAdjustments": [
        {
          "MetricIntervalUpperBound": 0.0,
          "ScalingAdjustment": -10
        }
      ],
      "ScaleOutCooldown": 60,
      "ScaleInCooldown": 300
    }
  ]
}'

aws cloudwatch put-metric-alarm \
  --alarm-actions "$TOPIC" \
  --tags 'Key=ecs-tide:target,Value=service/demo/web' \
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
  --tags 'Key=ecs-tide:target,Value=service/demo/web' \
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
