"""The live check: asks real AWS what no test of this repository can know.

It deploys the demo into your account, checks facts one by one, writes a report
and deletes everything. It costs money, so it starts only with explicit consent.
"""
