"""The five hosts as the outside world knows them: DNS records, certificates, mail."""
