-- name: how_far
-- The submission, and how many of its jobs ended how; what is left is on the line.
SELECT opened_at, count(submitted.job_id), count(*) FILTER (WHERE outcome = 'stored'),
    count(*) FILTER (WHERE outcome = 'updated'), count(*) FILTER (WHERE outcome = 'unchanged'),
    count(*) FILTER (WHERE outcome = 'rejected'), count(quarantine.job_id)
FROM submissions LEFT JOIN submitted ON submission = submissions.id
    LEFT JOIN outcomes USING (job_id) LEFT JOIN quarantine USING (job_id)
WHERE submissions.id = %(submission)s GROUP BY submissions.id

-- name: unfinished
-- Its jobs that have not ended, and whether somebody else wants them too. Who has no name may be anybody.
SELECT job_id, EXISTS (SELECT FROM submitted AS others WHERE others.job_id = jobs.id AND submission <> %(submission)s)
    OR EXISTS (SELECT FROM sightings WHERE sightings.job_id = jobs.id AND (sightings.producer <> jobs.producer OR sightings.producer = 'anonymous'))
FROM submitted JOIN jobs ON jobs.id = job_id
WHERE submission = %(submission)s AND NOT EXISTS (SELECT FROM outcomes WHERE outcomes.job_id = jobs.id)
ORDER BY job_id
