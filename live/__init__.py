"""The live check: checks on AWS what cannot be checked offline.

It deploys the demo into your account, checks facts one by one, writes a report and deletes
everything. It costs money, so it starts only with explicit consent.
"""
