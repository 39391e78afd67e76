-- wrk has no rate: each connection thinks for 850 to 950 ms, so N connections send about N requests a second.
function delay()
   return math.random(850, 950)
end
