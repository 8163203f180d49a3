from tests.sites.auth.test_enumeration import *
from tests.sites.auth.test_enumeration import _people
from tests.sites.auth.conftest import _quick_hashes
import difflib
def test_x(django_capture_on_commit_callbacks):
    seen=[]
    for address in (KNOWN, UNKNOWN):
        for _ in range(6):
            with django_capture_on_commit_callbacks(execute=True):
                t=told(sign_up(visitor("auth"), address), address)
            if t not in seen: seen.append(t)
    for a,b in zip(seen[0],seen[1]):
        for x,y in zip(a,b):
            if x!=y:
                print("\n".join(difflib.unified_diff(str(x).splitlines(),str(y).splitlines(),lineterm='',n=1)))
    assert len(seen)==1
