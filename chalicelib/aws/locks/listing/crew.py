"""Ask for pages in several threads, of which the whole process has a limited number."""

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from threading import BoundedSemaphore
from types import TracebackType

from chalicelib.aws.locks.listing.pages import Bucket, Page
from chalicelib.aws.locks.listing.ranges import MOST, KeyRange
from chalicelib.aws.patience import THREADS

_SPARE = BoundedSemaphore(THREADS)


class Crew:
    """The threads that list one bucket. There are none until the bucket is split; leaving the block ends them."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket
        self._pool: ThreadPoolExecutor | None = None
        self._asked: dict[Future[Page], KeyRange] = {}

    def __enter__(self) -> "Crew":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool:
            self._pool.shutdown(wait=False, cancel_futures=True)

    @property
    def asked(self) -> set[KeyRange]:
        """Return the ranges whose next page was asked for."""
        return set(self._asked.values())

    def ask(self, one: KeyRange) -> bool:
        """Ask for the next page of a range; return False if no thread may be had. The first page can always be."""
        first = not self._asked
        if not first and not _SPARE.acquire(blocking=False):
            return False
        self._pool = self._pool or ThreadPoolExecutor(MOST, "listing")
        future = self._pool.submit(self._bucket.page, one.after, one.token)
        if not first:
            future.add_done_callback(lambda _: _SPARE.release())
        self._asked[future] = one
        return True

    def answered(self) -> tuple[KeyRange, Page]:
        """Wait for a page; return the first that comes. Raises what its request raised."""
        done, _ = wait(self._asked, return_when=FIRST_COMPLETED)
        first = next(iter(done))
        return self._asked.pop(first), first.result()
