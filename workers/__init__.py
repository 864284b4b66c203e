"""Claims jobs, runs models, writes results. The only package that imports torch.

`celery -A workers worker` finds the application in `workers.celery`. Nothing that the parent of a
node or Flower imports may import torch: a process that forks must not have computed with it.
"""
