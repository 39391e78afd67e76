provider "aws" {
  # ecs-tide writes these. Terraform would remove them with each apply.
  ignore_tags {
    keys = ["ecs-tide:hook", "ecs-tide:last-scaling"]
  }
}

resource "aws_autoscaling_group" "web" {
  min_size            = 2
  max_size            = 6
  vpc_zone_identifier = var.subnets

  launch_template {
    id      = aws_launch_template.web.id
    version = aws_launch_template.web.latest_version
  }

  tag {
    key                 = "ecs-tide:cluster"
    value               = aws_ecs_cluster.web.name
    propagate_at_launch = false
  }

  tag {
    key                 = "ecs-tide:mode"
    value               = "observe"
    propagate_at_launch = false
  }
}
